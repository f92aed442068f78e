"""STOPs texted while a blast runs: after the 200 to a STOP no text is written to its number any more.

Both moments are seen from outside, by proxies on this machine's one clock: the first byte of each carrier
call before the carrier, the answer to each webhook before the web process.
"""

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city
from tests.factories.city import City
from tests.faults.stops import all_text_stop, assert_stop_held

_PERMITTED_JUST_NOW = """
select a.id, r.e164 from attempt a join recipient r on r.id = a.recipient_id
join message m on m.id = a.message_id
where m.purpose = 'blast' and a.outcome is null and a.permit_at > clock_timestamp() - interval '1 second'
"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("stops", [150, pytest.param(500, marks=pytest.mark.long)])
async def test_stops_race_a_blast_at_full_speed(cluster: Path, stops: int) -> None:
    async with running_city(cluster, audience=3000, pace=600, watch_webhooks=True) as city:
        await city.behave(latency_ms=50)
        stopped = random.Random(1).sample(city.audience, stops)
        await city.launch()
        await city.calls_in_flight(at_least=10)
        await all_text_stop(city, stopped, at_once=40)
        await city.until_settled(seconds=90)
        await assert_stop_held(city, stopped, answered=stops)
        await assert_nothing_lost_or_doubled(city)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("times", [2, pytest.param(6, marks=pytest.mark.long)])
async def test_stops_hold_against_workers_frozen_between_permit_and_write(cluster: Path, times: int) -> None:
    async with running_city(cluster, audience=800, pace=100, watch_webhooks=True, slow_database=True) as city:
        await city.launch()
        stopped: list[str] = []
        for _ in range(times):
            caught = await _freeze_between_permit_and_write(city)
            await all_text_stop(city, caught, at_once=50)
            stopped += caught
            # Their permits are over; now they find themselves in front of an open connection.
            for pid in city.sending_children():
                os.kill(pid, signal.SIGCONT)
        await city.wire.ask("slow", seconds=0.1)
        others = random.Random(2).sample(sorted(set(city.audience) - set(stopped)), 100)
        await all_text_stop(city, others, at_once=10)
        await city.wire.ask("slow", seconds=0.0)
        await city.until_settled(seconds=120)
        await assert_stop_held(city, [*stopped, *others], answered=len(stopped) + 50)
        await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)


async def _freeze_between_permit_and_write(city: City) -> list[str]:
    """Freeze all sending processes while some hold permits of which no byte is written; whom these are for.

    The database answers late, so that a permit that is committed there is not known here for a while.
    """
    await city.wire.ask("slow", seconds=0.15)
    async with asyncio.timeout(60):
        while True:
            if await city.rows(_PERMITTED_JUST_NOW):
                children = city.sending_children()
                for pid in children:
                    os.kill(pid, signal.SIGSTOP)
                permitted = await city.rows(_PERMITTED_JUST_NOW)
                written = {seen["attempt_id"] for seen in await city.wire.log()}
                caught = [row["e164"] for row in permitted if row["id"] not in written]
                if len(caught) >= 3:
                    await city.wire.ask("slow", seconds=0.0)
                    return caught
                for pid in children:
                    os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(0.02)
