"""Apply a micro-batch of status callbacks: one statement for one organization.

A callback names our attempt in its URL. It is the best evidence there is: it settles an unknown
attempt, files the carrier's id, ends the outbox row and moves the delivery status, forward only.

After a restore it may name an attempt that is not known here; then the carrier's id tells which text it
is about, once the list has told of that (`inbound/settle_restored.py`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.driver import rows_of
from textbank.messaging.delivery import MOVES_FORWARD
from textbank.messaging.unsettled import UNSETTLED
from textbank.sms.status import RANK

_APPLY = sa.text(
    f"""
    with given as (
      select coalesce(a.id, c.attempt_id) as attempt_id, t.sid, t.status, t.rank, t.code, t.account_sid
      from unnest(
        cast(:attempts as bigint[]), cast(:sids as text[]), cast(:statuses as text[]),
        cast(:ranks as smallint[]), cast(:codes as int[]), cast(:accounts as text[]))
        as t (attempt_id, sid, status, rank, code, account_sid)
      left join attempt a on a.organization_id = :organization and a.id = t.attempt_id
        and a.id = any(cast(:attempts as bigint[]))
      left join carrier_message c on a.id is null and c.organization_id = :organization and c.sid = t.sid),
    locked as (
      select id, message_id, recipient_id, sender_id, permit_at from attempt
      where organization_id = :organization and id = any(array(select attempt_id from given))
      order by id for update),
    known as (
      select given.*, locked.message_id, locked.recipient_id, locked.sender_id, locked.permit_at
      from given join locked on locked.id = given.attempt_id
      join sender s on s.organization_id = :organization and s.id = locked.sender_id
        and s.account_sid = given.account_sid),
    settled as (
      update attempt a set outcome = 'accepted', settled_at = clock_timestamp()
      from (select distinct attempt_id from known) k
      where a.organization_id = :organization and a.id = k.attempt_id
        and a.id = any(array(select attempt_id from given))
        and {UNSETTLED}),
    filed as (
      insert into carrier_message (organization_id, sid, message_id, attempt_id)
      select distinct on (sid) :organization, sid, message_id, attempt_id from known
      on conflict do nothing),
    ended as (
      delete from outbox o using known where o.organization_id = :organization
        and o.message_id = known.message_id and o.attempt_id = known.attempt_id
        and o.message_id = any(array(select message_id from known))),
    stands as (
      insert into delivery (organization_id, message_id, rank, status, error_code)
      select distinct on (message_id) :organization, message_id, rank, status, code from known
      order by message_id, rank desc
      {MOVES_FORWARD}
      returning message_id)
    select attempt_id, message_id, recipient_id, sender_id, code, permit_at
    from known join stands using (message_id) where code is not null
    """  # noqa: S608 - the interpolated fragment is our own constant
)


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """What the carrier says about one attempt."""

    attempt_id: int
    sid: str
    status: str
    account_sid: str
    """The account that signed it; a callback of another account than the attempt's counts for nothing."""
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A callback that moved a text to an error, for whoever decides what follows. A late or repeated one
    that changed nothing is none: it must not suppress again who has come back since."""

    attempt_id: int
    message_id: int
    recipient_id: int
    sender_id: int
    code: int
    permit_at: datetime
    """When the text that met the error was permitted; no START after that is overruled by it."""


async def apply_callbacks(
    session: AsyncSession, organization_id: int, callbacks: Sequence[StatusCallback]
) -> list[Failure]:
    """Apply them all; returns those with an error code. Unknown statuses and attempts are left out."""
    failures = []
    for known in _rounds(callbacks):
        rows = await rows_of(
            session,
            _APPLY,
            {
                "organization": organization_id,
                "attempts": [one.attempt_id for one in known],
                "sids": [one.sid for one in known],
                "statuses": [one.status for one in known],
                "ranks": [RANK[one.status] for one in known],
                "codes": [one.error_code for one in known],
                "accounts": [one.account_sid for one in known],
            },
        )
        failures += [Failure(*row) for row in rows]
    changes.announce(session, organization_id, changes.DELIVERIES)
    return failures


def _rounds(callbacks: Sequence[StatusCallback]) -> list[list[StatusCallback]]:
    """The callbacks in rounds that name each attempt once, because an upsert may touch a row once only.

    What one of them does to a status depends on the one before, so none can be left out beforehand.
    """
    rounds: list[list[StatusCallback]] = []
    nth: Counter[int] = Counter()
    for one in callbacks:
        if one.status not in RANK:
            continue
        if nth[one.attempt_id] == len(rounds):
            rounds.append([])
        rounds[nth[one.attempt_id]].append(one)
        nth[one.attempt_id] += 1
    return rounds
