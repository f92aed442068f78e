"""What is written down about a batch costs the same however much has left before it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from tests.factories.town import phones
from tests.promises.desk import Desk
from textbank.messaging.apply_callbacks import StatusCallback, apply_callbacks
from textbank.messaging.record_outcomes import Handed, record_outcomes
from textbank.sms.carrier import Accepted

BATCH = 20
ACCOUNT = "AC" + "0" * 32
LEFT_BEFORE = 2_000

_LEFT = """
with text as (
  insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
  select :o, :recipient, :sender, 'out', 'reply', 'Long ago.' from generate_series(1, :many) returning id)
insert into attempt (organization_id, message_id, recipient_id, sender_id, permit_at, outcome, settled_at)
select :o, id, :recipient, :sender, now() - interval '1 day', 'accepted', now() - interval '1 day' from text
"""
_FETCHED = sa.text("select idx_tup_fetch from pg_stat_xact_user_tables where relname = 'attempt'")


async def permitted(desk: Desk, admin: AsyncEngine) -> list[Handed]:
    """A batch that the carrier has just taken, after thousands of others since PostgreSQL counted none."""
    async with admin.begin() as connection:
        await connection.execute(sa.text("analyze attempt"))
    people = [await desk.person(phone) for phone in phones(BATCH)]
    for person in people:
        await desk.queue(person, "reply")
    answer = await desk.permit_all()
    assert len(answer.permits) == BATCH
    of = {"recipient": people[0], "sender": desk.sender_id, "many": LEFT_BEFORE, "o": desk.organization_id}
    await desk.execute(_LEFT, **of)
    return [
        Handed(one.attempt_id, one.message_id, Accepted(f"SM{one.attempt_id:032x}", "queued"))
        for one in answer.permits
    ]


async def plan_for_good(session: AsyncSession) -> None:
    """Use the plan that a connection keeps after a few times, made while nothing has been counted."""
    await session.execute(sa.text("set local plan_cache_mode = force_generic_plan"))


async def fetched_by(session: AsyncSession) -> int:
    """How many attempts this transaction has looked at."""
    return int((await session.execute(_FETCHED)).scalar_one())


async def test_outcomes_read_no_attempts_but_their_own(desk: Desk, admin: AsyncEngine) -> None:
    ended = await permitted(desk, admin)
    async with desk.database.transaction(desk.organization_id) as session:
        await plan_for_good(session)
        await record_outcomes(session, desk.organization_id, ended)
        fetched = await fetched_by(session)
    assert BATCH <= fetched <= 4 * BATCH


async def test_callbacks_read_no_attempts_but_their_own(desk: Desk, admin: AsyncEngine) -> None:
    ended = await permitted(desk, admin)
    told = [StatusCallback(one.attempt_id, f"SM{one.attempt_id:032x}", "delivered", ACCOUNT) for one in ended]
    async with desk.database.transaction(desk.organization_id) as session:
        await plan_for_good(session)
        await apply_callbacks(session, desk.organization_id, told)
        fetched = await fetched_by(session)
    assert BATCH <= fetched <= 6 * BATCH
