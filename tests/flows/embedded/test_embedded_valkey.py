"""Embedded Valkey: private, bounded, empty after a restart, and Celery can ring it."""

import sys
from pathlib import Path

import pytest
import redis
from celery import Celery

from textbank.embedded import child, valkey
from textbank.errors import Conflict


def test_it_answers_on_a_socket_nobody_else_can_reach_and_forgets_when_stopped(tmp_path: Path) -> None:
    server = valkey.start(tmp_path / "valkey")
    with redis.Redis.from_url(server.url) as client:
        client.set("doorbell", "rung")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
    assert server.socket_path.parent.stat().st_mode & 0o077 == 0
    server.stop()
    again = valkey.start(tmp_path / "valkey")
    try:
        with redis.Redis.from_url(again.url) as client:
            assert client.get("doorbell") is None
    finally:
        again.stop()


def test_a_second_runner_is_refused(tmp_path: Path) -> None:
    server = valkey.start(tmp_path / "valkey")
    try:
        with pytest.raises(Conflict, match="in use by process"):
            valkey.start(tmp_path / "valkey", patience=0.3)
    finally:
        server.stop()


def test_it_works_below_a_path_longer_than_a_socket_path_may_be(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-directory-with-a-long-name"] * 6)
    server = valkey.start(deep)
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.ping()
    finally:
        server.stop()
        server.socket_path.unlink(missing_ok=True)
        server.socket_path.parent.rmdir()


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("unix:///a/b.sock?db=2", "redis+socket:///a/b.sock?virtual_host=2"),
        ("unix:///a/b.sock", "redis+socket:///a/b.sock?virtual_host=0"),
        ("redis://:word@10.0.0.1:6379/1", "redis://:word@10.0.0.1:6379/1"),
        ("rediss://cache.example:6380/0", "rediss://cache.example:6380/0"),
    ],
)
def test_celery_gets_the_address_in_its_own_form(redis_url: str, broker: str) -> None:
    assert valkey.broker_url(redis_url) == broker


WORKER = """
from celery import Celery
Celery("bell", broker={broker!r}, set_as_current=True).worker_main(["worker", "-P", "solo", "-l", "ERROR"])
"""


def test_a_celery_worker_answers_a_ping_over_the_socket(tmp_path: Path) -> None:
    server = valkey.start(tmp_path / "valkey")
    argv = [sys.executable, "-c", WORKER.format(broker=server.broker_url)]
    worker = child.start(argv, log=tmp_path / "worker.log")
    app = Celery("bell", broker=server.broker_url)
    try:
        answers = [pong for _ in range(40) for pong in app.control.ping(timeout=0.5, limit=1)[:1]][:1]
        assert [pong["ok"] for answer in answers for pong in answer.values()] == ["pong"]
    finally:
        app.close()
        worker.stop()
        server.stop()
