"""Thousands of people text STOP within seconds, in mid-blast.

The simulated carrier waits fifteen seconds for an answer, as the real one; when the first byte of each call
came and when its answer went is what the proxies saw, on this machine's one clock.
"""

import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import ORGANIZATION, running_city
from tests.factories.city import City, until
from tests.faults.arrivals import assert_one_confirmation_at_most
from tests.faults.stops import INBOUND, all_text_stop, assert_stop_held
from textbank.consent.verify import verify
from textbank.consent.wording import opted_out
from textbank.database import Database

CARRIER_WAITS = 15.0
# What the city's own list rests on was written without words; so that the whole chain can be read.
_SEAL_WHAT_WAS = (
    "insert into consent_unsealed (organization_id, event_id) select organization_id, id from consent_event"
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("stops", "people", "pace"), [(400, 1_200, 150), pytest.param(5_000, 15_000, 400, marks=pytest.mark.long)]
)
async def test_thousands_of_stops_within_seconds_hold_and_are_answered_in_time(
    cluster: Path, stops: int, people: int, pace: float
) -> None:
    async with running_city(cluster, audience=people, pace=pace, watch_webhooks=True) as city:
        await city.execute(_SEAL_WHAT_WAS)
        stopped = random.Random(7).sample(city.audience, stops)
        await city.launch()
        await city.calls_in_flight(at_least=10)
        began = time.time()
        await all_text_stop(city, stopped, at_once=stops, wait=False)
        texted = time.time() - began
        await until(lambda: nobody_waits(city), seconds=120)
        took = await seconds_to_answer(city, stopped)
        assert max(took) < CARRIER_WAITS, f"the slowest took {max(took):.1f} s"
        await city.until_settled(seconds=300)
        await assert_stop_held(city, stopped, answered=stops)
        confirmed = await assert_one_confirmation_at_most(city, stopped, opted_out(ORGANIZATION))
        assert set(confirmed) == set(stopped)
        await the_ledger_holds(city, at_least=people + stops)
        await assert_nothing_lost_or_doubled(city)
        middle, late = statistics.median(took), statistics.quantiles(took, n=100)[98]
        print(f"\n{stops} STOPs texted within {texted:.1f} s: answered in {middle:.2f} s (median), "
              f"{late:.2f} s (99 %), {max(took):.2f} s (slowest)")  # fmt: skip


async def nobody_waits(city: City) -> bool:
    """Whether every webhook call has ended."""
    return bool((await city.carrier("health"))["inbound_under_way"] == 0)


async def seconds_to_answer(city: City, stopped: Sequence[str]) -> list[float]:
    """From the first byte of the first call to the 200, for each STOP."""
    began: dict[str, float] = {}
    took: dict[str, float] = {}
    for one in await city.wires["webhooks"].log():
        if one["path"] == INBOUND:
            first = began.setdefault(one["from_"], one["first_byte_at"])
            if one["status"] == 200:
                took.setdefault(one["from_"], one["answered_at"] - first)
    assert set(took) == set(stopped), f"{len(set(stopped) - set(took))} STOPs were never answered 200"
    return list(took.values())


async def the_ledger_holds(city: City, at_least: int) -> None:
    """The sealer has nothing left to do, and the chain is whole."""

    async def sealed() -> bool:
        return not await city.rows("select 1 from consent_unsealed limit 1")

    await until(sealed, seconds=20)
    assert city.settings is not None
    database = Database.from_settings(city.settings, pool_size=1)
    try:
        async with database.transaction(city.organization_id) as session:
            found = await verify(session, city.organization_id)
    finally:
        await database.close()
    assert found.holds, found.faults
    assert (found.unsealed, found.sealed >= at_least) == (0, True), found
