"""How much a person wants of what we start: a break until a day, at most one text a week, or all of it.

Permits ask for both beside the caps (`permit.py`), so it holds for whatever waits already. Answers and
replies to what they write go on.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock, jobs
from textbank.consent import ledger
from textbank.errors import NotFound
from textbank.language import N_

_REST = sa.text(
    "update recipient set rests_until = :until where organization_id = :organization and id = :recipient "
    "returning id"
)
_RESUME = sa.text(
    "update recipient set rests_until = null where organization_id = :organization and id = :recipient "
    "and rests_until > now() returning id"
)
_FEWER = sa.text(
    "update recipient set less_since = case when :fewer then coalesce(less_since, now()) end "
    "where organization_id = :organization and id = :recipient returning id"
)
# What a break held comes up again, for the caps to decide; a row whose permit is being asked for is let be,
# because permits lock the outbox before the person.
_COMES_UP = sa.text(
    """
    with held as (
      select o.message_id from message m
      join outbox o on o.organization_id = :organization and o.message_id = m.id
      where m.organization_id = :organization and m.recipient_id = :recipient and m.direction = 'out'
        and o.held = 'cap' and o.claim_token is null for update of o skip locked)
    update outbox set due_at = clock_timestamp(), held = null
    where organization_id = :organization and message_id = any(array(select message_id from held))
    """
)


async def take_a_break(
    session: AsyncSession, organization_id: int, recipient_id: int, *, days: int, evidence: dict[str, Any]
) -> datetime:
    """Start nothing for so many days; returns until when. `evidence`: who said so, where, in which words."""
    until = clock.now() + timedelta(days=days)
    await _change(session, organization_id, recipient_id, _REST, {"until": until})
    payload = {"until": until.isoformat(), **evidence}
    await ledger.append(session, organization_id, recipient_id, "paused", payload)
    return until


async def end_break(
    session: AsyncSession, organization_id: int, recipient_id: int, *, evidence: dict[str, Any]
) -> bool:
    """They want our texts again before their break is over; false where they had none."""
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(_RESUME, key)).one_or_none() is None:
        return False
    await ledger.append(session, organization_id, recipient_id, "resumed", evidence)
    await _come_up(session, organization_id, recipient_id)
    return True


async def want_fewer(
    session: AsyncSession, organization_id: int, recipient_id: int, *, evidence: dict[str, Any]
) -> None:
    """At most one text that we start in a week."""
    await _change(session, organization_id, recipient_id, _FEWER, {"fewer": True})
    await ledger.append(session, organization_id, recipient_id, "wants_fewer", evidence)


async def want_all(
    session: AsyncSession, organization_id: int, recipient_id: int, *, evidence: dict[str, Any]
) -> None:
    """As many as the lists they are on bring."""
    await _change(session, organization_id, recipient_id, _FEWER, {"fewer": False})
    await ledger.append(session, organization_id, recipient_id, "wants_all", evidence)
    await _come_up(session, organization_id, recipient_id)


async def _change(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    statement: sa.TextClause,
    values: dict[str, Any],
) -> None:
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(statement, key | values)).one_or_none() is None:
        raise NotFound(N_("There is no such number. Nothing was changed."))


async def _come_up(session: AsyncSession, organization_id: int, recipient_id: int) -> None:
    await session.execute(_COMES_UP, {"organization": organization_id, "recipient": recipient_id})
    jobs.ring(session, jobs.Job(jobs.SEND))
