"""Texts come in at a steady rate, in mid-blast, while PostgreSQL or all of our own machine is down.

Every text answered 2xx is there, once; the others come by the carrier's repeats or from its list; and until
they are there, nothing that we start leaves. Long times are played by moving what the database remembers of
when webhooks were heard last, and by texts that the carrier received some minutes ago.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled, blasts_to
from tests.factories.build_city import ORGANIZATION, running_city
from tests.factories.city import City, until
from tests.factories.town import phones
from tests.faults.arrivals import (
    Arrivals,
    Sent,
    assert_nothing_we_start_left_before,
    assert_one_confirmation_at_most,
)
from textbank.consent.wording import opted_out
from textbank.messaging.protocol import ANSWER_TIMELY, HEARING_GAP

OURS = ("web", "sending", "chores", "schedule")
TEN_MINUTES = 600.0
_SHIFT = (
    "update carrier_account set heard_at = now() - interval '{0} seconds', "
    "reconciled_at = now() - interval '{0} seconds'"
)


def who_texts(city: City, texts: int) -> list[str]:
    """Those who say STOP are of the audience, as far as it goes; the others are strangers."""
    audience, strangers = iter(reversed(city.audience)), iter(phones(texts, start=300_000))
    return [next(audience, "") or next(strangers) if n % 5 == 0 else next(strangers) for n in range(texts)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("rate", "seconds", "people", "to_the_end"),
    [(40, 5, 400, False), pytest.param(200, 60, 4_000, True, marks=pytest.mark.long)],
)
async def test_texts_outlast_a_database_that_is_stopped(
    cluster: Path, rate: float, seconds: float, people: int, to_the_end: bool
) -> None:
    async with running_city(cluster, audience=people, pace=30, watch_webhooks=True) as city:
        await city.launch()
        await city.calls_in_flight()
        arrivals = Arrivals(city, who_texts(city, int(rate * (seconds + 1))), rate=rate)
        await arrivals.come(1)
        away_at = await postgresql_goes_away(city, seconds)
        await arrivals.come(seconds)
        city.database = await asyncio.to_thread(city.start_postgres)
        filed = await arrivals.until_filed(seconds=300)
        await the_blast_goes_on(city, max(filed.values()), to_the_end)
        missed = [one for one in arrivals.sent.values() if one.at > away_at]
        times = [filed[sid] for sid, one in arrivals.sent.items() if one.at > away_at]
        await assert_nothing_we_start_left_before(city, away_at, missed, times)
        answered = await arrivals.answered(filed)
        assert 0 < len(answered) < len(arrivals.sent)
        await assert_one_confirmation_at_most(city, arrivals.stopped, opted_out(ORGANIZATION))
        if to_the_end:
            await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        report("PostgreSQL stopped", arrivals, answered, max(times) - away_at)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("rate", "seconds", "people", "to_the_end"),
    [(40, 4, 400, False), pytest.param(200, 30, 4_000, True, marks=pytest.mark.long)],
)
async def test_texts_outlast_ten_minutes_in_which_everything_is_down(
    cluster: Path, rate: float, seconds: float, people: int, to_the_end: bool
) -> None:
    async with running_city(cluster, audience=people, pace=30, watch_webhooks=True) as city:
        await city.launch()
        await city.calls_in_flight()
        arrivals = Arrivals(city, who_texts(city, int(rate * (seconds + 1))), rate=rate)
        await arrivals.come(1)
        await arrivals.until_told()
        away_at = await everything_goes_down(city)
        await arrivals.come(seconds, as_long_ago=TEN_MINUTES)
        await arrivals.until_told()
        back_at = time.time()
        await everything_comes_back(city)
        filed = await arrivals.until_filed(seconds=300)
        await the_blast_goes_on(city, max(filed.values()), to_the_end)
        missed = {sid: one for sid, one in arrivals.sent.items() if one.at > away_at}
        times = [filed[sid] for sid in missed]
        await assert_nothing_we_start_left_before(city, away_at, list(missed.values()), times)
        answered = await arrivals.answered(filed)
        assert not answered & missed.keys()
        await only_the_timely_are_confirmed(city, list(missed.values()), back_at)
        if to_the_end:
            await assert_nothing_lost_or_doubled(city, callbacks_arrive=False)
        report("all of it down", arrivals, answered, max(times) - back_at)


async def the_blast_goes_on(city: City, filed_at: float, to_the_end: bool) -> None:
    """Wait until one of it has left after the last text was filed; or, which takes longer, until all has left
    and what was unclear is settled. The answers to a quarter of the texts go first, at the number's pace."""

    async def has_left() -> bool:
        left = blasts_to(await city.wire.log()).values()
        return max(at for times in left for at in times) > filed_at

    await until(has_left, seconds=240)
    if to_the_end:
        await city.hurry()
        await city.until_settled(seconds=300)


async def postgresql_goes_away(city: City, seconds: float) -> float:
    """Kill it, for what counts as a gap in hearing whatever it really takes; when that was."""
    if seconds <= HEARING_GAP.total_seconds():
        web = city.parts["web"].pid
        os.kill(web, signal.SIGSTOP)  # so that it does not say in between that it hears
        await city.execute(_SHIFT.format(60))
    assert city.database is not None
    away_at = time.time()
    city.kill(city.database.pid)
    await asyncio.to_thread(city.database.stop)
    if seconds <= HEARING_GAP.total_seconds():
        os.kill(web, signal.SIGCONT)
    return away_at


async def everything_goes_down(city: City) -> float:
    """Our four parts, PostgreSQL and Valkey; the carrier goes on."""
    away_at = time.time()
    for name in OURS:
        city.kill(city.parts[name].pid)
    for name in OURS:
        await asyncio.to_thread(city.parts[name].stop)
    await city.execute(_SHIFT.format(int(TEN_MINUTES)))
    assert city.database is not None
    city.kill(city.database.pid)
    await asyncio.to_thread(city.database.stop)
    await city.kill_valkey()
    return away_at


async def everything_comes_back(city: City) -> None:
    """In the order in which a machine starts."""
    city.database = await asyncio.to_thread(city.start_postgres)
    await city.start_valkey()
    for name in OURS:
        await asyncio.to_thread(city.start_part, name)


async def only_the_timely_are_confirmed(city: City, missed: list[Sent], back_at: float) -> None:
    """Who said STOP more than five minutes before we heard it gets no answer; nobody gets two."""
    stopped = {one.phone: one for one in missed if one.words == "STOP"}
    everyone = [
        row["e164"] for row in await city.rows("select e164 from recipient where suppressed_at > '-infinity'")
    ]
    got = await assert_one_confirmation_at_most(city, everyone, opted_out(ORGANIZATION))
    limit = ANSWER_TIMELY.total_seconds()
    late = [phone for phone, one in stopped.items() if one.at - one.ago + limit < back_at]
    assert late
    assert not set(got) & set(late)
    timely = [phone for phone, one in stopped.items() if one.ago < limit / 2]
    assert set(timely) <= set(got)


def report(what: str, arrivals: Arrivals, answered: set[str], seconds: float) -> None:
    """The figures."""
    late = len(arrivals.sent) - len(answered)
    print(f"\n{what}: {len(arrivals.sent)} texts, {len(answered)} by webhook, {late} from its list, "
          f"the last after {seconds:.1f} s")  # fmt: skip
