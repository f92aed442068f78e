"""Web, PostgreSQL and Valkey frozen and thawed in mid-blast, while people opt out and answer."""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import City
from tests.faults.stops import all_text_stop, assert_stop_held


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("people", "frozen"), [(1200, (2.0, 4.0)), pytest.param(2500, (2.0, 4.0, 8.0), marks=pytest.mark.long)]
)
async def test_frozen_servers_break_no_stop_and_lose_and_double_nothing(
    cluster: Path, people: int, frozen: tuple[float, ...]
) -> None:
    async with running_city(cluster, audience=people, pace=100, watch_webhooks=True) as city:
        await city.launch()
        stopped = city.audience[::10]
        stopping = asyncio.create_task(all_text_stop(city, stopped, at_once=6))
        for seconds in frozen:
            for server in ("postgres", "valkey", "web"):
                await city.calls_in_flight(at_least=1)
                await _freeze(_processes(city, server), seconds)
        await stopping
        await city.until_reconciled()
        await city.until_settled(seconds=120)
        await assert_stop_held(city, stopped, answered=people // 20)
        await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)


async def _freeze(pids: Sequence[int], seconds: float) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def _processes(city: City, server: str) -> list[int]:
    """A server's process and, of PostgreSQL, all that it forked."""
    if server == "web":
        return [city.parts["web"].pid]
    assert city.database is not None
    assert city.queue is not None
    if server == "valkey":
        return [city.queue.pid]
    postmaster = city.database.pid
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *(int(pid) for pid in children)]
