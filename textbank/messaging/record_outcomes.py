"""Write down how the calls of a micro-batch ended: one statement, fenced by attempt.

An attempt that a status callback has settled meanwhile stays as the callback left it, and one that was
taken for unknown (its worker was frozen) still accepts this better evidence. The delivery status obeys
the same forward-only rank as callbacks. A refusal or an acceptance ends the outbox row; a text known not
to be with the carrier goes back into the queue; an unknown one stays, guarded by its attempt, until
`settle_unknown.py` has evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.messaging.delivery import MOVES_FORWARD
from textbank.messaging.spend import GIVE_BACK, LET_GO_WHEN_FROZEN, LOCK_UNSENT
from textbank.messaging.unsettled import UNSETTLED
from textbank.sms.carrier import Accepted, NotSent, Outcome, Refused
from textbank.sms.status import RANK

_RECORD = sa.text(
    f"""
    with locked as (
      select id, recipient_id from attempt where organization_id = :organization
        and id = any(cast(:attempts as bigint[])) order by id for update),
    given as (
      select t.* from unnest(
        cast(:attempts as bigint[]), cast(:messages as bigint[]), cast(:outcomes as text[]),
        cast(:sids as text[]), cast(:codes as int[]), cast(:statuses as text[]),
        cast(:ranks as smallint[]), cast(:waits as float8[]), cast(:requeue as bool[]))
      as t (attempt_id, message_id, outcome, sid, code, status, rank, wait, requeue)
      join locked on locked.id = t.attempt_id),
    perhaps_unsent as (
      select locked.recipient_id from given join locked on locked.id = given.attempt_id
      where given.outcome in ('not_sent', 'refused')),{LOCK_UNSENT},
    settled as (
      update attempt a set outcome = given.outcome, error_code = given.code, settled_at = clock_timestamp()
      from given where a.organization_id = :organization and a.id = given.attempt_id
        and a.id = any(cast(:attempts as bigint[])) and {UNSETTLED}
      returning a.id, a.recipient_id, a.message_id, a.permit_at, a.cost, a.outcome, given.wait,
        given.requeue),
    unsent as (
      select recipient_id, message_id, permit_at, cost from settled
      where outcome in ('not_sent', 'refused')),{GIVE_BACK},
    filed as (
      insert into carrier_message (organization_id, sid, message_id, attempt_id)
      select :organization, sid, message_id, attempt_id from given where sid is not null
      on conflict do nothing),
    stands as (
      insert into delivery (organization_id, message_id, rank, status, error_code)
      select :organization, message_id, rank, status, code from given
      where status is not null and not requeue
      {MOVES_FORWARD}),
    ended as (
      delete from outbox o using given where o.organization_id = :organization
        and o.message_id = given.message_id and o.message_id = any(cast(:messages as bigint[]))
        and o.attempt_id = given.attempt_id and given.outcome in ('accepted', 'refused')
        and not given.requeue),
    again as (
      update outbox o set claim_token = null, claimed_at = null, attempt_id = null,
        due_at = clock_timestamp() + settled.wait * interval '1 second'
      from settled where o.organization_id = :organization and o.message_id = settled.message_id
        and o.message_id = any(cast(:messages as bigint[])) and o.attempt_id = settled.id
        and (settled.outcome = 'not_sent' or settled.requeue))
    select count(*), {LET_GO_WHEN_FROZEN} from settled
    """  # noqa: S608 - the interpolated fragment is our own constant
)

RETRY_NOT_SENT_SECONDS = 1.0
RETRY_REFUSED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Handed:
    """One call's end. `requeue` keeps a refused text waiting: the fault was not the text's. `at_once`: it was
    the sender's, which rests now, so that another number may take the text."""

    attempt_id: int
    message_id: int
    outcome: Outcome
    requeue: bool = False
    at_once: bool = False


async def record_outcomes(session: AsyncSession, organization_id: int, ended: Sequence[Handed]) -> None:
    """Record the ends of these calls. Harmless to repeat."""
    columns: dict[str, list[object]] = {
        name: []
        for name in (
            "attempts",
            "messages",
            "outcomes",
            "sids",
            "codes",
            "statuses",
            "ranks",
            "waits",
            "requeue",
        )
    }
    for one in ended:
        for name, value in _row(one).items():
            columns[name].append(value)
    await session.execute(_RECORD, {"organization": organization_id, **columns})
    changes.announce(session, organization_id, changes.DELIVERIES)


def _row(one: Handed) -> dict[str, object]:
    outcome, sid, code, status, wait = "unknown", None, None, None, 0.0
    match one.outcome:
        case Accepted():
            outcome, sid, status = "accepted", one.outcome.sid, one.outcome.status
        case Refused():
            outcome, code, status = "refused", one.outcome.code, "refused"
            wait = 0.0 if one.at_once else RETRY_REFUSED_SECONDS
        case NotSent():
            outcome, wait = "not_sent", max(one.outcome.retry_after, RETRY_NOT_SENT_SECONDS)
        case _:
            pass
    return {
        "attempts": one.attempt_id,
        "messages": one.message_id,
        "outcomes": outcome,
        "sids": sid,
        "codes": code,
        "statuses": status,
        "ranks": RANK.get(status, 0) if status else 0,
        "waits": wait,
        "requeue": one.requeue,
    }
