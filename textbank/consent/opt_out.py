"""The one way out: every opt-out, whoever records it, ends here.

The suppression on the recipient's row is what forbids; every permit reads it under a lock on that
row, so nothing that is permitted after this transaction commits can miss it. What was permitted just
before is waited for by `messaging/wait_out_permits.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN
from textbank.driver import rows_of

TEXTED = ("stop_text", "wrong_number")
"""Causes whose time is the carrier's; for the others our own clock says since when it holds."""

Cause = Literal[
    "stop_text", "wrong_number", "carrier_block", "staff", "texter", "import", "page", "erased", "undecided"
]
UNDOABLE = ("staff", "texter", "import", "undecided")
"""Causes that staff may undo (`undo_opt_out.py`), beside what a phrase rule understood: for these the ledger
keeps what the number had been subscribed to."""
PHRASE_RULES = ("own:", "stop:phrase:", "wrong_number:")

# `suppressed_at` moves on with every STOP, so that an answer to a HELP sent before it stays forbidden.
_FORBID = sa.text(
    "update recipient set suppressed_at = clock_timestamp(), review_since = null "
    "where organization_id = :organization and id = :recipient"
)
_OPEN = sa.text(
    """
    insert into suppression (organization_id, recipient_id, cause, carrier_time, event_id)
    values (:organization, :recipient, :cause, :carrier_time, :event)
    on conflict (organization_id, recipient_id) where lifted_at is null do update
      set carrier_time = greatest(suppression.carrier_time, excluded.carrier_time)
    returning id, (xmax = 0) as opened
    """
)
_UNSUBSCRIBE = sa.text(
    "update subscription set state = 'unsubscribed', since = now() "
    "where organization_id = :organization and recipient_id = :recipient and state <> 'unsubscribed'"
)
_STATES = sa.text(
    "select recipient_id, id, state from subscription where organization_id = :organization "
    "and recipient_id = any(cast(:recipients as bigint[])) and state <> 'unsubscribed' order by id"
)
# Who asked to join and then says stop has answered the question: no later YES may find it open. And whatever
# flow they were in is over.
_DECLINE = sa.text(
    f"""
    with declined as (
      update opt_in_request set declined_at = now()
      where organization_id = :organization and recipient_id = :recipient and {OPT_IN_OPEN})
    update flow_run set ended_at = now(), ended_because = 'stopped'
    where organization_id = :organization and recipient_id = :recipient and ended_at is null
    """  # noqa: S608 - our own constant
)
# The same for many at once, for files. The recipients' rows come first here, too, in the order of their ids.
_FORBID_MANY = sa.text(
    "update recipient set suppressed_at = clock_timestamp(), review_since = null "
    "where organization_id = :organization and id = any(cast(:recipients as bigint[]))"
)
_OPEN_MANY = sa.text(
    """
    insert into suppression (organization_id, recipient_id, cause, carrier_time, event_id)
    select :organization, recipient_id, :cause, carrier_time, event_id
    from unnest(cast(:recipients as bigint[]), cast(:times as timestamptz[]), cast(:events as bigint[]))
      as given (recipient_id, carrier_time, event_id)
    on conflict (organization_id, recipient_id) where lifted_at is null do nothing
    """
)
_UNSUBSCRIBE_MANY = sa.text(
    "update subscription set state = 'unsubscribed', since = now() where organization_id = :organization "
    "and recipient_id = any(cast(:recipients as bigint[])) and state <> 'unsubscribed'"
)
_DECLINE_MANY = sa.text(
    f"""
    with declined as (
      update opt_in_request set declined_at = now() where organization_id = :organization
        and recipient_id = any(cast(:recipients as bigint[])) and {OPT_IN_OPEN})
    update flow_run set ended_at = now(), ended_because = 'stopped' where organization_id = :organization
      and recipient_id = any(cast(:recipients as bigint[])) and ended_at is null
    """  # noqa: S608 - our own constant
)
# And for many who texted STOP, in one statement: they may be thousands within seconds of a blast.
_OUT_TEXTED = sa.text(
    f"""
    with given as materialized (
      select t.*, nextval(pg_get_serial_sequence('consent_event', 'id')) as event_id
      from unnest(cast(:recipients as bigint[]), cast(:times as timestamptz[]), cast(:digests as bytea[]),
        cast(:salts as bytea[]), cast(:payloads as text[]))
        as t (recipient_id, carrier_time, digest, salt, payload)),
    forbidden as (
      update recipient set suppressed_at = clock_timestamp(), review_since = null
      where organization_id = :organization and id = any(cast(:recipients as bigint[]))),
    {ledger.appended("given", "'opt_out'")},
    unsubscribed as (
      update subscription set state = 'unsubscribed', since = now() where organization_id = :organization
        and recipient_id = any(cast(:recipients as bigint[])) and state <> 'unsubscribed'),
    declined as (
      update opt_in_request set declined_at = now() where organization_id = :organization
        and recipient_id = any(cast(:recipients as bigint[])) and {OPT_IN_OPEN}),
    left_behind as (
      update flow_run set ended_at = now(), ended_because = 'stopped' where organization_id = :organization
        and recipient_id = any(cast(:recipients as bigint[])) and ended_at is null)
    insert into suppression (organization_id, recipient_id, cause, carrier_time, event_id)
    select :organization, recipient_id, 'stop_text', carrier_time, event_id from given
    on conflict (organization_id, recipient_id) where lifted_at is null do update
      set carrier_time = greatest(suppression.carrier_time, excluded.carrier_time)
    returning recipient_id, id
    """  # noqa: S608 - our own constant
)


@dataclass(frozen=True, slots=True)
class OptOut:
    """An opt-out as recorded. `opened` is false where the number was suppressed already."""

    suppression_id: int
    opened: bool


async def opt_out(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    cause: Cause,
    *,
    carrier_time: datetime | None = None,
    evidence: dict[str, Any],
) -> OptOut:
    """Suppress a number in the whole organization and write down why.

    `carrier_time` is when the carrier says the person's text was sent; a later START is measured
    against it. `evidence` goes to the ledger: the words received, the rule that decided, who did it.
    """
    if carrier_time is None and cause not in TEXTED:
        carrier_time = clock.now()
    key = {"organization": organization_id, "recipient": recipient_id}
    await session.execute(_FORBID, key)
    payload = {"cause": cause, **evidence}
    if cause in UNDOABLE or str(evidence.get("rule") or "").startswith(PHRASE_RULES):
        payload["was"] = (await _states(session, organization_id, [recipient_id]))[recipient_id]
    event_id = await ledger.append(session, organization_id, recipient_id, "opt_out", payload)
    row = (
        await session.execute(_OPEN, {**key, "cause": cause, "carrier_time": carrier_time, "event": event_id})
    ).one()
    await session.execute(_UNSUBSCRIBE, key)
    await session.execute(_DECLINE, key)
    return OptOut(row.id, row.opened)


async def opt_out_many(
    session: AsyncSession,
    organization_id: int,
    cause: Cause,
    people: Sequence[tuple[int, dict[str, Any]]],
) -> None:
    """Suppress many numbers, each with its evidence. The caller has locked their rows in order of ids.

    When somebody really said it, a file knows at best by the day; so a START must be later than now.
    """
    if not people:
        return
    recipients = [recipient_id for recipient_id, _ in people]
    key = {"organization": organization_id, "recipients": recipients}
    await session.execute(_FORBID_MANY, key)
    was = await _states(session, organization_id, recipients) if cause in UNDOABLE else {}
    payloads = [
        (id_, {"cause": cause, **said, **({"was": was[id_]} if id_ in was else {})}) for id_, said in people
    ]
    events = await ledger.append_many(session, organization_id, "opt_out", payloads)
    times = [clock.now()] * len(people)
    await session.execute(_OPEN_MANY, key | {"cause": cause, "times": times, "events": list(events)})
    await session.execute(_UNSUBSCRIBE_MANY, key)
    await session.execute(_DECLINE_MANY, key)


async def opt_out_texted(
    session: AsyncSession,
    organization_id: int,
    people: Sequence[tuple[int, datetime | None, dict[str, Any]]],
) -> dict[int, int]:
    """Suppress many numbers that texted STOP, each with the carrier's time and its evidence.

    Returns each one's suppression. The caller has locked their rows in order of ids, and no staff may undo
    what any of these rules heard.
    """
    payloads = [{"cause": "stop_text", **said} for _, _, said in people]
    rows = await rows_of(
        session,
        _OUT_TEXTED,
        {
            "organization": organization_id,
            "recipients": [recipient_id for recipient_id, _, _ in people],
            "times": [carrier_time for _, carrier_time, _ in people],
            **ledger.columns_of(payloads),
        },
    )
    return {row["recipient_id"]: row["id"] for row in rows}


async def _states(
    session: AsyncSession, organization_id: int, recipients: Sequence[int]
) -> dict[int, list[list[Any]]]:
    """What each is subscribed to now, as (subscription, state): an undoing puts it back."""
    was: dict[int, list[list[Any]]] = {recipient_id: [] for recipient_id in recipients}
    given = {"organization": organization_id, "recipients": list(recipients)}
    for row in await session.execute(_STATES, given):
        was[row.recipient_id].append([row.id, row.state])
    return was
