"""While Valkey is away nothing that we start leaves; answers and replies do, one a second for each sender."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from redis.asyncio import Redis

from tests.factories.town import Town, eventually, phones
from textbank.messaging.pace import ValkeyPace
from textbank.messaging.trickle import trickle


@pytest_asyncio.fixture
async def nobody() -> AsyncIterator[ValkeyPace]:
    """Buckets in a Valkey that is away."""
    client = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    yield ValkeyPace(client)
    await client.aclose()


async def test_answers_trickle_and_a_blast_waits(town: Town, nobody: ValkeyPace) -> None:
    await town.subscribe(*phones(5))
    await town.launch()
    asking = phones(3, start=100)
    for phone in asking:
        assert await town.text(phone, "JOIN") == 200

    async def answered() -> bool:
        return len(await town.query("select 1 from attempt where outcome = 'accepted'")) == 3

    stop = False
    pump = asyncio.create_task(town.make_pump(pace=nobody, stopping=lambda: stop).run())
    await eventually(answered)
    stop = True
    await pump
    assert [len(await town.received(phone)) for phone in asking] == [1, 1, 1]
    assert len(await town.query("select 1 from outbox")) == 5


async def test_many_who_ask_at_once_get_one_text_between_them(town: Town) -> None:
    async def ask() -> int:
        async with town.database.transaction(town.organization_id) as session:
            return await trickle(session, town.organization_id, town.sender_id)

    assert sum(await asyncio.gather(*(ask() for _ in range(8)))) == 1
    await town.execute("update sender set trickled_at = trickled_at - interval '1 second'")
    assert sum(await asyncio.gather(*(ask() for _ in range(8)))) == 1
