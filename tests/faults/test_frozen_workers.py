"""Workers frozen in mid-call for longer than a claim's lease, then thawed: a suspended or paused machine."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import City
from tests.factories.wire import ports_of
from textbank.messaging.protocol import CLAIM_LEASE

FROZEN_SECONDS = CLAIM_LEASE.total_seconds() + 2


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("rounds", "at_once"), [(1, 3), pytest.param(2, 5, marks=pytest.mark.long)])
async def test_workers_frozen_past_the_lease_and_thawed_lose_and_double_nothing(
    cluster: Path, rounds: int, at_once: int
) -> None:
    async with running_city(cluster, audience=2000 * rounds, pace=120, processes=at_once + 1) as city:
        await city.behave(latency_ms=200)
        await city.launch()
        for _ in range(rounds):
            frozen = await _freeze(city, at_once)
            handed = len(await city.wire.log())
            await asyncio.sleep(FROZEN_SECONDS)
            assert len(await city.wire.log()) > handed + 100, "the one that was not frozen did not go on"
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        await city.until_settled(seconds=120)
        await assert_nothing_lost_or_doubled(city)


async def _freeze(city: City, count: int) -> list[int]:
    """Freeze that many sending processes, each while it waits for an answer of the carrier."""
    frozen: list[int] = []
    async with asyncio.timeout(60):
        while len(frozen) < count:
            under_way = {call["port"] for call in await city.wire.under_way()}
            for pid in city.sending_children():
                if pid not in frozen and len(frozen) < count and under_way & ports_of(pid):
                    os.kill(pid, signal.SIGSTOP)
                    frozen.append(pid)
            await asyncio.sleep(0.01)
    return frozen
