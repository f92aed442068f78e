"""Which opt-outs staff may undo, and undoing them. What the person said themselves only they undo.

Staff can be wrong, and so can a texter, a file, a rule that reads phrases, and a day of silence about an
unclear text. A person's own STOP, a block at the carrier and whatever was confirmed to the person hold
until the person ends them. All opt-outs since the number was suppressed count, not the first alone.
"""

from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

LONGEST: Final = 500

Refusal = Literal["none_holds", "said_it", "carrier", "confirmed"]

# The recipient's row first, as in every permit and opt-out, so that a STOP meanwhile is seen or waits.
_LOCK = sa.text(
    "select suppressed_at from recipient where organization_id = :organization and id = :recipient for update"
)
# A ledger row whose words were erased counts as the person's own: nobody can show any more that it is not.
_OPEN = sa.text(
    """
    select s.id, s.event_id, s.confirmation_queued, e.recorded_at, p.payload,
      array(select coalesce(w.payload ->> 'cause', '') from consent_event o left join consent_payload w
          on w.organization_id = o.organization_id and w.event_id = o.id
        where o.organization_id = s.organization_id and o.recipient_id = s.recipient_id
          and o.kind = 'opt_out' and o.id >= s.event_id
          and coalesce(w.payload ->> 'cause', '') not in ('staff', 'texter', 'import', 'undecided')
          and not (coalesce(w.payload ->> 'cause', '') in ('stop_text', 'wrong_number')
            and coalesce(w.payload ->> 'rule', '') ~ '^(own:|stop:phrase:|wrong_number:)')) as others
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
_WHY_NOT: Final[dict[Refusal, str]] = {
    "none_holds": N_("This number is not opted out. Nothing was changed."),
    "said_it": N_(
        "They said it themselves, so staff cannot undo it. Nothing was changed. "
        "The person can: they text START to your number, or sign up again."
    ),
    "carrier": N_(
        "The carrier blocks this number because they opted out there, so staff cannot undo it. Nothing was "
        "changed. The person can: they text START to your number."
    ),
    "confirmed": N_(
        "It was confirmed to them that they get no more texts, so staff cannot undo it. Nothing was changed. "
        "The person can: they text START to your number, or sign up again."
    ),
}


async def undo_opt_out(
    session: AsyncSession, organization_id: int, recipient_id: int, *, reason: str, by: Who
) -> None:
    """Lift an opt-out that may be undone, and put their lists back. Raises Conflict where it may not."""
    reason = reason_of(reason)
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(_LOCK, key)).scalar_one_or_none() is None:
        raise Conflict(_WHY_NOT["none_holds"])
    row = (await session.execute(_OPEN, key)).one_or_none()
    refused = _refusal(row)
    if row is None or refused is not None:
        raise Conflict(_WHY_NOT[refused or "none_holds"])
    said = row.payload or {}
    evidence = {
        "reason": reason,
        "undone_event_id": row.event_id,
        "undone_cause": said.get("cause", ""),
        "words": said.get("words", ""),
        "at": clock.now().isoformat(),
        **by.evidence,
    }
    event = await ledger.append(session, organization_id, recipient_id, "staff_opt_out_undone", evidence)
    await session.execute(_LIFT, key | {"event": event, "suppression": row.id})
    await session.execute(_ALLOW, key)
    was = said.get("was") or []
    if was:
        given = {"ids": [one[0] for one in was], "states": [one[1] for one in was], "since": row.recorded_at}
        await session.execute(_RESTORE, key | given)


async def why_not_undo(session: AsyncSession, organization_id: int, recipient_id: int) -> Refusal | None:
    """Why staff cannot undo the opt-out that holds; None where they can."""
    key = {"organization": organization_id, "recipient": recipient_id}
    return _refusal((await session.execute(_OPEN, key)).one_or_none())


def _refusal(row: sa.Row[Any] | None) -> Refusal | None:
    if row is None:
        return "none_holds"
    if "carrier_block" in row.others:
        return "carrier"
    if row.others:
        return "said_it"
    return "confirmed" if row.confirmation_queued else None


def reason_of(given: str) -> str:
    """A reason on one line. Raises InvalidInput where it says nothing."""
    reason = " ".join(given.split())[:LONGEST]
    if len(reason) < 3:
        raise InvalidInput(N_("Write down why, in a few words. Nothing was changed."))
    return reason
