"""A brand's day: counted in PostgreSQL at the claim, midnight to midnight Pacific; no text overdraws it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories.town import Town, phones
from textbank.carriers_day import TODAY, TOMORROW_AT
from textbank.messaging.apply_callbacks import StatusCallback

PACIFIC = ZoneInfo("America/Los_Angeles")
THREE_SEGMENTS = "Rally on Saturday at noon on the steps of the city hall. " * 7 + "Reply STOP to opt out."


async def brand(town: Town, **values: object) -> None:
    """Register the town's number, with these limits."""
    await town.execute(
        "with b as (insert into brand (organization_id, name) values (:o, 'Riverside') returning id), "
        "k as (insert into registered_campaign (organization_id, brand_id, name) "
        "select :o, id, 'Rent' from b returning id) update sender set registered_campaign_id = k.id from k",
        o=town.organization_id,
    )
    await change(town, **values)


async def change(town: Town, **values: object) -> None:
    for column, value in values.items():
        await town.execute(f"update brand set {column} = {value}")  # noqa: S608 - the test's own words


async def left(town: Town) -> int:
    [(count,)] = await town.query("select count(*) from attempt where outcome = 'accepted'")
    return int(count)


async def used(town: Town) -> float:
    [(count,)] = await town.query("select used from brand")
    return float(count)


async def test_a_blast_ends_for_today_where_the_cap_is_and_answers_go_on(town: Town) -> None:
    await brand(town, day_cap=8)
    await town.subscribe(*phones(20))
    await town.launch()
    await town.pump()
    assert (await left(town), await used(town)) == (8, 8.0)
    assert await town.text(phones(1, start=500)[0], "JOIN") == 200
    await town.pump()
    assert (await left(town), await used(town)) == (9, 9.0)
    # Nothing was moved: whoever raises the cap, or corrects a count, lets them leave at once.
    await change(town, day_cap=11)
    await town.pump()
    assert await left(town) == 11
    await change(town, used_on="used_on - 1", full_on="used_on")  # another day
    await town.pump()
    assert (await left(town), await used(town)) == (21, 10.0)


async def test_what_other_tools_have_used_today_counts_and_yesterdays_does_not(town: Town) -> None:
    await brand(town, day_cap=8, elsewhere=5, elsewhere_on=TODAY)
    await town.subscribe(*phones(20))
    await town.launch()
    await town.pump()
    assert await left(town) == 3
    await change(town, elsewhere_on=f"{TODAY} - 1")
    await town.pump()
    assert await left(town) == 8


async def test_only_the_share_of_the_counting_carrier_is_counted(town: Town) -> None:
    await brand(town, day_cap=5, day_share=0.5)
    await town.subscribe(*phones(20))
    await town.launch()
    await town.pump()
    assert (await left(town), await used(town)) == (10, 5.0)


async def test_a_text_is_counted_in_the_segments_that_left(town: Town) -> None:
    """What was queued as one segment may have become three; the difference is made good at the permit."""
    await brand(town, day_cap=100)
    await town.subscribe(*phones(2))
    await town.launch(THREE_SEGMENTS)
    [(queued,)] = await town.query("select distinct segments from outbox")
    assert queued == 3
    await town.execute("update outbox set segments = 1")
    await town.pump()
    assert (await left(town), await used(town)) == (2, 6.0)


async def test_what_was_claimed_and_may_not_leave_is_not_counted(town: Town) -> None:
    await brand(town, day_cap=100)
    [first, _] = await town.subscribe(*phones(2))
    await town.launch()
    await town.execute("update recipient set suppressed_at = now() where id = :r", r=first)
    await town.pump()
    assert (await left(town), await used(town)) == (1, 1.0)


@pytest.mark.parametrize(("code", "more"), [(30023, 0), (30027, 0), (30026, 3), (30025, 5)])
async def test_what_the_carrier_says_of_its_day_is_believed(town: Town, code: int, more: int) -> None:
    await brand(town, day_cap=10, day_share=1)
    await town.behave(callbacks_enabled=False)
    await town.subscribe(phones(1)[0])
    await town.launch()
    await town.pump()
    [(attempt, sid)] = await town.query(
        "select a.id, c.sid from attempt a join carrier_message c on c.attempt_id = a.id"
    )
    account = next(iter(town.simulator.exchange.accounts))
    await town.web.state.parts.callbacks.submit(
        town.organization_id, StatusCallback(attempt, sid, "undelivered", account, code)
    )
    await town.subscribe(*phones(20, start=100))
    await town.launch()
    await town.pump()
    assert await left(town) == 1 + more


async def test_a_carriers_full_day_holds_even_where_no_cap_is_known(town: Town) -> None:
    await brand(town, full_on=TODAY)
    await town.subscribe(*phones(3))
    await town.launch()
    await town.pump()
    assert await left(town) == 0
    await change(town, full_on=f"{TODAY} - 1")
    await town.pump()
    assert await left(town) == 3


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-08T07:59:59Z",  # the last second of the day before clocks go forward
        "2026-03-08T08:00:00Z",
        "2026-03-09T06:59:59Z",
        "2026-11-01T06:59:59Z",
        "2026-11-02T07:59:59Z",  # the long day
        "2026-11-02T08:00:00Z",
    ],
)
async def test_the_day_is_the_pacific_one_also_when_clocks_change(town: Town, at: str) -> None:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    [(today, tomorrow)] = await town.query(
        f"select {TODAY}, {TOMORROW_AT}".replace("clock_timestamp()", "cast(:at as timestamptz)"), at=moment
    )
    there = moment.astimezone(PACIFIC)
    assert today == there.date()
    midnight = datetime.combine(there.date() + timedelta(days=1), datetime.min.time(), PACIFIC)
    assert tomorrow == midnight
