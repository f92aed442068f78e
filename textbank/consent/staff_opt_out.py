"""Staff opt a number out, or take their own opt-out back. What the person said themselves only they undo."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

# The recipient's row first, as in every permit and opt-out, so that a STOP meanwhile is seen or waits.
_LOCK = sa.text(
    "select suppressed_at from recipient where organization_id = :organization and id = :recipient for update"
)
_STATES = sa.text(
    "select id, state from subscription where organization_id = :organization and recipient_id = :recipient "
    "and state <> 'unsubscribed' order by id"
)
_OPEN = sa.text(
    """
    select s.id, s.event_id, e.recorded_at, p.payload,
      exists (select from consent_event o left join consent_payload w
          on w.organization_id = o.organization_id and w.event_id = o.id
        where o.organization_id = s.organization_id and o.recipient_id = s.recipient_id
          and o.kind = 'opt_out' and o.id >= s.event_id
          and w.payload ->> 'cause' is distinct from 'staff') as by_others
    from suppression s
    join consent_event e on e.organization_id = s.organization_id and e.id = s.event_id
    left join consent_payload p on p.organization_id = s.organization_id and p.event_id = s.event_id
    where s.organization_id = :organization and s.recipient_id = :recipient and s.lifted_at is null
    """
)
_LIFT = sa.text(
    "update suppression set lifted_at = clock_timestamp(), lifted_by_event_id = :event "
    "where organization_id = :organization and id = :suppression"
)
_ALLOW = sa.text(
    "update recipient set suppressed_at = null where organization_id = :organization and id = :recipient"
)
_RESTORE = sa.text(
    """
    update subscription s set state = was.state, since = now()
    from unnest(cast(:ids as bigint[]), cast(:states as text[])) as was (id, state)
    where s.organization_id = :organization and s.id = was.id and s.recipient_id = :recipient
      and s.state = 'unsubscribed' and s.since = :since
      and (was.state <> 'subscribed' or s.basis_event_id is not null)
    """
)
_LONGEST = 500


async def staff_opt_out(
    session: AsyncSession, organization_id: int, recipient_id: int, *, reason: str, by: Who
) -> None:
    """Forbid everything to a number because staff say so, and remember what it had been subscribed to."""
    reason = _reason(reason)
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(_LOCK, key)).one_or_none() is None:
        raise NotFound(N_("There is no such number. Nothing was changed."))
    was = [[row.id, row.state] for row in await session.execute(_STATES, key)]
    evidence: dict[str, Any] = {"reason": reason, "was": was, **by.evidence}
    await opt_out(session, organization_id, recipient_id, "staff", evidence=evidence)


async def undo_staff_opt_out(
    session: AsyncSession, organization_id: int, recipient_id: int, *, reason: str, by: Who
) -> None:
    """Lift an opt-out that only staff recorded. Raises Conflict where anybody else spoke, or none holds."""
    reason = _reason(reason)
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(_LOCK, key)).scalar_one_or_none() is None:
        raise Conflict(N_("This number is not opted out. Nothing was changed."))
    row = (await session.execute(_OPEN, key)).one_or_none()
    if row is None or row.by_others:
        raise Conflict(
            N_(
                "This opt-out did not come from staff alone, so staff cannot undo it. Nothing was changed. "
                "The person can: they text START to your number."
            )
        )
    said = row.payload or {}
    event = await ledger.append(
        session,
        organization_id,
        recipient_id,
        "staff_opt_out_undone",
        {"reason": reason, "undone_event_id": row.event_id, "at": clock.now().isoformat(), **by.evidence},
    )
    await session.execute(_LIFT, key | {"event": event, "suppression": row.id})
    await session.execute(_ALLOW, key)
    was = said.get("was") or []
    if was:
        given = {"ids": [one[0] for one in was], "states": [one[1] for one in was], "since": row.recorded_at}
        await session.execute(_RESTORE, key | given)


async def may_staff_undo(session: AsyncSession, organization_id: int, recipient_id: int) -> bool:
    """Whether the opt-out that holds is staff's alone."""
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_OPEN, key)).one_or_none()
    return row is not None and not row.by_others


def _reason(given: str) -> str:
    reason = " ".join(given.split())[:_LONGEST]
    if len(reason) < 3:
        raise InvalidInput(N_("Write down why, in a few words. Nothing was changed."))
    return reason
