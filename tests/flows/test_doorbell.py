"""The doorbell rings at once, and not again and again for what one look will find."""

import json
from collections.abc import Iterator

import pytest
from redis import Redis

from tests.conftest import valkey_of_this_worker
from textbank import clock, jobs
from textbank.broker import CHORES_QUEUE, COALESCE_LONGER, SENDING_QUEUE, Doorbell, make_celery
from textbank.embedded.valkey import broker_url

SEND = jobs.Job(jobs.SEND)
SEAL = jobs.Job(jobs.SEAL, 1)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with Redis.from_url(valkey_of_this_worker()) as redis:
        redis.delete(SENDING_QUEUE, CHORES_QUEUE)
        yield redis
        redis.delete(SENDING_QUEUE, CHORES_QUEUE)


@pytest.fixture
def doorbell() -> Iterator[Doorbell]:
    doorbell = Doorbell(make_celery(broker_url(valkey_of_this_worker())))
    yield doorbell
    doorbell.close()


def rung(redis: Redis, queue: str) -> list[str]:
    """The names of the jobs in a queue, the latest first."""
    return [json.loads(each)["headers"]["task"] for each in redis.lrange(queue, 0, -1)]


def wait_for(redis: Redis, queue: str, count: int) -> None:
    """Return when so many rings are there."""
    began = clock.monotonic()
    while len(rung(redis, queue)) < count:
        assert clock.monotonic() - began < 20, rung(redis, queue)


def test_a_crowd_rings_for_a_seal_once_a_second_and_keeps_nobody_waiting_who_sends(
    redis: Redis, doorbell: Doorbell
) -> None:
    began = clock.monotonic()
    doorbell(SEAL)
    wait_for(redis, CHORES_QUEUE, 1)
    while not rung(redis, CHORES_QUEUE)[1:]:
        doorbell(SEAL)
        doorbell(SEND)
        assert clock.monotonic() - began < 20
    apart = clock.monotonic() - began
    assert apart >= COALESCE_LONGER[jobs.SEAL]
    # Meanwhile whoever sends was rung for again and again.
    assert len(rung(redis, SENDING_QUEUE)) > 3
    assert len(rung(redis, CHORES_QUEUE)) == 2


def test_what_was_rung_for_while_others_waited_is_rung_before_the_end(redis: Redis) -> None:
    doorbell = Doorbell(make_celery(broker_url(valkey_of_this_worker())))
    doorbell(SEAL)
    wait_for(redis, CHORES_QUEUE, 1)
    doorbell(SEAL)
    doorbell(SEND)
    doorbell.close()
    assert rung(redis, CHORES_QUEUE) == [jobs.SEAL, jobs.SEAL]
    assert rung(redis, SENDING_QUEUE) == [jobs.SEND]
