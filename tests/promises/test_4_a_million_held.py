"""A night's worth of held texts costs a claim nothing, and neither keeps a pause from taking effect.

`make test` has twenty thousand of them, `make faults` a million.
"""

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town, eventually, phones
from tests.promises.desk import ALL_LANES, OPEN, Desk
from textbank.campaigns.pause import pause
from textbank.messaging.claim import _CLAIM
from textbank.messaging.protocol import FEEDING_ENDS, LIVE_THREADS_WAIT, MICRO_BATCH, SLOTS, SLOTS_KEPT

ANN = "+15105550123"
CLOSED = [f"test/closed{number}" for number in range(20)]
AT_ONCE = 50_000
NOW = timedelta()

# The texts of one person are enough: what is held is not looked at, whoever it is for.
_HOLD = sa.text(
    """
    with text as (
      insert into message (organization_id, recipient_id, direction, purpose, body)
      select :o, :recipient, 'out', 'blast', 'Held.' from generate_series(1, :many) returning id)
    insert into outbox (organization_id, message_id, group_id, recipient_id, segments, due_at)
    select :o, id, :group, :recipient, 1, now() + cast(:due as interval) from text
    """
)
_GROUP = sa.text(
    "insert into outbox_group (organization_id, sender_id, campaign_id, lane, place) "
    "values (:o, null, :campaign, 4, :place) returning id"
)


async def hold(
    desk: Desk, admin: AsyncEngine, campaign: int, place: str, many: int, due: timedelta = NOW
) -> int:
    """Put texts into the outbox of a campaign and a place, faster than a launch does; the group's id."""
    recipient = await desk.person(ANN)
    values = {"o": desk.organization_id, "recipient": recipient, "due": due}
    async with admin.begin() as connection:
        group: int = (
            await connection.execute(
                _GROUP, {"o": desk.organization_id, "campaign": campaign, "place": place}
            )
        ).scalar_one()
        for done in range(0, many, AT_ONCE):
            now = min(AT_ONCE, many - done)
            await connection.execute(_HOLD, {**values, "group": group, "many": now})
    return group


async def campaign_of(desk: Desk, state: str) -> int:
    """A campaign whose own text is gone already, in this state."""
    campaign = await desk.launch()
    await desk.execute("delete from outbox")
    await desk.execute("delete from outbox_group")
    await desk.execute("update campaign set state = :s where id = :c", s=state, c=campaign)
    return campaign


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from steps(inner)


def rows_read(plan: dict[str, Any], table: str) -> float:
    """Rows of a table that a plan fetched, over all loops, those that it threw away as well."""
    read = 0.0
    for step in steps(plan):
        if step.get("Relation Name") == table and "Scan" in step["Node Type"]:
            thrown = sum(step.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            read += (step["Actual Rows"] + thrown) * step["Actual Loops"]
    return read


async def explained(desk: Desk, texts: int) -> tuple[float, int]:
    """Rows of the outbox that a claim reads, and how many it takes; it is undone."""
    values = {
        "organization": desk.organization_id,
        "sender": desk.sender_id,
        "lanes": list(ALL_LANES),
        "token": uuid.uuid4(),
        "texts": texts,
        "segments": texts,
        "feeding_ends": FEEDING_ENDS,
        "live_threads_wait": LIVE_THREADS_WAIT,
    }
    async with desk.database.app.connect() as connection:
        await connection.execute(
            sa.text("select set_config('app.organization_id', :o, true)"), {"o": str(desk.organization_id)}
        )
        explain = sa.text(f"explain (analyze, costs off, timing off, format json) {_CLAIM.text}")
        [(found,)] = (await connection.execute(explain, values)).all()
        await connection.rollback()
    plan = found[0]["Plan"]
    taken = next(
        step["Actual Rows"] * step["Actual Loops"]
        for step in steps(plan)
        if step.get("Subplan Name") == "CTE taken"
    )
    return rows_read(plan, "outbox"), int(taken)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("held", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
async def test_a_claim_reads_at_most_three_rows_for_each_that_it_takes(
    desk: Desk, admin: AsyncEngine, held: int
) -> None:
    await desk.subscribe(ANN, place=OPEN)
    running, paused = await campaign_of(desk, "running"), await campaign_of(desk, "paused")
    await desk.execute("update campaign set state = 'running' where id = :c", c=running)
    for place in CLOSED:
        await desk.set_window(place, "now() + interval '9 hours'", "now() + interval '20 hours'")
        await hold(desk, admin, running, place, held // 40)
    await hold(desk, admin, paused, OPEN, held // 4)
    going = await hold(desk, admin, running, OPEN, 2_000)
    async with admin.begin() as connection:  # texts of people who are elsewhere by now, moved to the morning
        await connection.execute(
            _HOLD,
            {
                "o": desk.organization_id, "recipient": await desk.person(ANN), "group": going,
                "many": min(held // 4, AT_ONCE), "due": timedelta(hours=9),
            },
        )  # fmt: skip
    for texts in (10, MICRO_BATCH, 240):
        read, taken = await explained(desk, texts)
        assert taken == texts
        assert read <= 3 * taken, f"{read} rows read for {taken} taken of {held} held"
    # What is under way already stands before the rest, and is passed over: never more than the slots.
    under_way = SLOTS - SLOTS_KEPT
    assert len((await desk.claim(texts=under_way)).messages) == under_way
    read, taken = await explained(desk, MICRO_BATCH)
    assert taken == MICRO_BATCH
    assert read <= 3 * taken + 2 * under_way


@pytest.mark.timeout(900)
@pytest.mark.parametrize("held", [2_000, pytest.param(1_000_000, marks=pytest.mark.long)])
async def test_a_pause_takes_effect_within_a_second(town: Town, admin: AsyncEngine, held: int) -> None:
    desk = Desk.of(town)
    people = phones(400)
    await desk.set_window(OPEN, "now() - interval '1 day'", "'2100-01-01'")
    await town.subscribe(*people)
    other = await campaign_of(desk, "paused")
    await hold(desk, admin, other, OPEN, held)
    await town.behave(latency_ms=200)
    campaign = await town.launch()
    pumping = asyncio.create_task(town.pump(slots=20, kept=4))

    async def some_left() -> bool:
        [(left,)] = await town.query("select count(*) from attempt")
        return int(left) >= 40

    await eventually(some_left, seconds=60.0)
    async with town.database.transaction(town.organization_id) as session:
        await pause(session, town.organization_id, campaign, by=1)
    [(paused_at,)] = await town.query("select clock_timestamp()")
    await pumping
    [(left, late)] = await town.query(
        "select count(*), count(*) filter (where permit_at > cast(:at as timestamptz) + interval '1 second') "
        "from attempt",
        at=paused_at,
    )
    assert late == 0
    assert 40 <= left < 400
    await town.pump()
    assert await town.query("select count(*) from attempt") == [(left,)]
