"""Hints travel together, and each screen hears its own organization's and what is meant for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.conftest import valkey_of_this_worker
from textbank.announcer import AT_MOST, Announcer
from textbank.web.hub import EVERYTHING, Hub

OURS, THEIRS = 71, 72
Stream = asyncio.Queue[str | None]


@pytest.fixture
def announcer() -> Iterator[Announcer]:
    announcer = Announcer(valkey_of_this_worker())
    yield announcer
    announcer.close()


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub(valkey_of_this_worker())
    yield hub
    await hub.stop()


async def listening(hub: Hub, *streams: Stream) -> None:
    """Have the hub listen; a stream that was open before is told to look at everything."""
    hub.start()
    for stream in streams:
        assert await asyncio.wait_for(stream.get(), 20) == EVERYTHING


async def heard(stream: Stream, count: int) -> set[str | None]:
    return {await asyncio.wait_for(stream.get(), 20) for _ in range(count)}


async def test_what_is_told_together_is_heard_one_by_one_by_whom_it_is_for(
    hub: Hub, announcer: Announcer
) -> None:
    all_of_ours = hub.open(OURS, lambda _: True)
    mine = hub.open(OURS, lambda hint: hint == "member 4")
    theirs = hub.open(THEIRS, lambda _: True)
    await listening(hub, all_of_ours, mine, theirs)
    for hint in ("conversation 1", "conversation 1", "member 4", "shift"):
        announcer(OURS, hint)
    announcer(THEIRS, "conversation 9")
    assert await heard(all_of_ours, 3) == {"conversation 1", "member 4", "shift"}
    assert await heard(mine, 1) == {"member 4"}
    assert await heard(theirs, 1) == {"conversation 9"}
    announcer(OURS, "deliveries")
    assert await heard(all_of_ours, 1) == {"deliveries"}
    assert mine.empty()
    assert theirs.empty()


async def test_a_flood_of_one_organization_takes_no_other_ones_hints(hub: Hub, announcer: Announcer) -> None:
    theirs = hub.open(THEIRS, lambda _: True)
    await listening(hub, theirs)
    for number in range(2 * AT_MOST):
        announcer(OURS, f"conversation {number}")
    announcer(THEIRS, "alert")
    assert await heard(theirs, 1) == {"alert"}
