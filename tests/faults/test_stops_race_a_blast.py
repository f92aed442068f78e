"""STOPs texted while a blast runs: after the 200 to a STOP no text is written to its number any more.

Both moments are seen from outside, by proxies on this machine's one clock: the first byte of each carrier
call before the carrier, the answer to each webhook before the web process.
"""

import asyncio
import os
import random
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled, blasts_to
from tests.factories.build_city import ORGANIZATION, running_city
from tests.factories.city import BLAST, City
from textbank.consent.wording import opted_out
from textbank.messaging.protocol import PERMIT_LIFETIME

INBOUND = "/webhooks/twilio/inbound"


@pytest.mark.timeout(240)
async def test_500_stops_race_a_blast_at_full_speed(cluster: Path) -> None:
    async with running_city(cluster, audience=3000, pace=600, watch_webhooks=True) as city:
        await city.behave(latency_ms=50)
        stopped = random.Random(1).sample(city.audience, 500)
        await city.launch()
        await city.calls_in_flight(at_least=10)
        await _all_text_stop(city, stopped, at_once=40)
        await city.until_settled(seconds=90)
        await _assert_stop_held(city, stopped, answered=500)
        await assert_nothing_lost_or_doubled(city)


@pytest.mark.timeout(240)
async def test_stops_hold_against_frozen_workers_and_a_slow_database(cluster: Path) -> None:
    async with running_city(
        cluster, audience=2000, pace=150, processes=4, watch_webhooks=True, slow_database=True
    ) as city:
        await city.behave(latency_ms=50)
        stopped = random.Random(2).sample(city.audience, 300)
        await city.launch()
        await city.calls_in_flight()
        # Permits are answered late, some after they ran out; who waits for one may be frozen past its end.
        await city.wire.ask("slow", seconds=0.5, share=0.3)
        over = asyncio.Event()
        freezing = asyncio.create_task(_freeze_and_thaw(city, over))
        await _all_text_stop(city, stopped, at_once=30)
        over.set()
        frozen = await freezing
        await city.wire.ask("slow", seconds=0.0, share=0.0)
        assert frozen >= 10
        await city.let_a_minute_pass()
        await city.until_settled(seconds=120)
        await _assert_stop_held(city, stopped, answered=200)
        await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)


async def _all_text_stop(city: City, numbers: Sequence[str], *, at_once: int) -> None:
    turns = asyncio.Semaphore(at_once)

    async def stop(phone: str) -> None:
        async with turns:
            await city.text(phone, "STOP", wait=True)

    await asyncio.gather(*(stop(phone) for phone in numbers))


async def _freeze_and_thaw(city: City, over: asyncio.Event) -> int:
    """Freeze one sending process after the other, at any moment of its work, past the end of its permits."""
    frozen = 0
    seconds = PERMIT_LIFETIME.total_seconds() + 0.5

    async def freeze(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGCONT)

    while not over.is_set():
        pids = random.sample(city.sending_children(), 3)
        await asyncio.gather(*(freeze(pid) for pid in pids))
        frozen += len(pids)
        await asyncio.sleep(random.uniform(0.3, 1.0))
    return frozen


async def _assert_stop_held(city: City, stopped: Sequence[str], *, answered: int) -> None:
    hooks = [seen for seen in await city.wires["webhooks"].log() if seen["path"] == INBOUND]
    answered_at: dict[str, float] = {}
    for seen in hooks:
        if seen["status"] == 200 and seen["body"] == "STOP":
            answered_at.setdefault(seen["from_"], seen["answered_at"])
    assert len(answered_at) >= answered, f"only {len(answered_at)} STOPs were answered"
    calls = await city.wire.log()
    late = [
        (call["to"], call["first_byte_at"] - answered_at[call["to"]])
        for call in calls
        if call["body"] == BLAST and call["first_byte_at"] > answered_at.get(call["to"], float("inf"))
    ]
    assert not late, late
    others = {call["body"] for call in calls if call["to"] in answered_at and call["body"] != BLAST}
    assert others == {opted_out(ORGANIZATION)}
    # Both sides of the race were run.
    reached = [phone for phone in stopped if phone in blasts_to(calls)]
    assert reached, "no blast text left before its STOP"
    assert len(reached) < len(stopped), "no STOP came before its blast text"
