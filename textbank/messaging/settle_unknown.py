"""Find out what became of texts whose outcome nobody knows: by evidence, never by sending again blindly.

A status callback settles most of them (`apply_callbacks.py`). What is left is looked for in the
carrier's list of texts to that number (`match_records.py`). Not being listed counts only when seen
twice, far enough apart for the list's lag: then a reply or an answer goes back into the queue, and a text
that we started is given up.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.database import Database
from textbank.messaging.account_for import accept_attempts
from textbank.messaging.match_records import match
from textbank.messaging.protocol import UNKNOWN_AFTER, VALIDITY_MAX
from textbank.messaging.spend import GIVE_BACK, LOCK_UNSENT
from textbank.sms.carrier import Carrier, CarrierRecord, CarrierUnavailable
from textbank.sms.status import RANK

LOOK_BACK = timedelta(minutes=5)
"""How far before the first permit a record may have been made: two clocks are compared here."""
BATCH = 200

_UNSETTLED = sa.text(
    """
    with old as (
      update attempt set outcome = 'unknown' where organization_id = :organization
        and outcome is null and permit_at < clock_timestamp() - cast(:unknown_after as interval) returning id)
    select a.id, a.message_id, a.permit_at, a.absent_since, r.e164, m.body, s.carrier_account_id
    from attempt a
    join message m on m.organization_id = a.organization_id and m.id = a.message_id
    join recipient r on r.organization_id = a.organization_id and r.id = a.recipient_id
    join sender s on s.organization_id = a.organization_id and s.id = a.sender_id
    where a.organization_id = :organization and (a.outcome is null or a.outcome = 'unknown')
      and a.permit_at < clock_timestamp() - cast(:unknown_after as interval)
      and (a.absent_since is null or a.absent_since < clock_timestamp() - cast(:absence as interval))
    order by a.permit_at limit :batch
    """
)
_FILED = sa.text("select sid from carrier_message where organization_id = :organization and sid = any(:sids)")
# A call to the same number that is under way may stand in the list already while its id is not filed here:
# its record would be taken for an older text's with the same words. It is over in seconds; so we come again.
_CALLED_NOW = sa.text(
    """
    select exists (select from attempt b where b.organization_id = :organization and b.outcome is null
      and b.id <> all(:attempts) and b.recipient_id in (
        select recipient_id from attempt where organization_id = :organization and id = any(:attempts)))
    """
)
_NOT_SEEN = sa.text(
    "update attempt set absent_since = clock_timestamp() where organization_id = :organization "
    "and id = any(:attempts) and outcome = 'unknown' and absent_since is null"
)
# `outcome = 'unknown'` fences against a callback that was applied since the list was read.
_ABSENT = sa.text(
    f"""
    with perhaps_unsent as (
      select recipient_id from attempt where organization_id = :organization and id = any(:attempts)
        and outcome = 'unknown'),{LOCK_UNSENT},
    gone as (
      update attempt set outcome = 'absent', settled_at = clock_timestamp()
      where organization_id = :organization and id = any(:attempts) and outcome = 'unknown'
        and (select count(*) from unsent_person) >= 0
      returning id, message_id, recipient_id, permit_at, cost),
    unsent as (select recipient_id, message_id, permit_at, cost from gone),{GIVE_BACK},
    judged as (
      select gone.id, gone.message_id,
        g.lane <= 2 and coalesce(o.expires_at > clock_timestamp(), true) as again
      from gone join outbox o on o.organization_id = :organization
        and o.message_id = gone.message_id and o.attempt_id = gone.id
      join outbox_group g on g.organization_id = :organization and g.id = o.group_id),
    again as (
      update outbox o set attempt_id = null, claim_token = null, claimed_at = null, due_at = clock_timestamp()
      from judged where o.organization_id = :organization and o.message_id = judged.message_id
        and judged.again),
    ended as (
      delete from outbox o using judged where o.organization_id = :organization
        and o.message_id = judged.message_id and not judged.again)
    insert into delivery (organization_id, message_id, rank, status)
    select :organization, message_id, {RANK["given_up"]}, 'given_up' from judged where not again
    on conflict do nothing
    """  # noqa: S608 - the interpolated value is our own constant
)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An attempt that may or may not have reached the carrier."""

    attempt_id: int
    message_id: int
    permit_at: datetime
    absent_since: datetime | None
    e164: str
    body: str
    carrier_account_id: int


async def settle_unknown(
    database: Database,
    organization_id: int,
    carrier_for: Callable[[int, int], Awaitable[Carrier]],
    *,
    absence_confirmed_after: timedelta,
) -> int:
    """Settle what can be settled now; returns how many attempts were looked at.

    Raises CarrierUnavailable, at the end, if an account's list could not be read: nothing is concluded
    from that.
    """
    async with database.transaction(organization_id) as session:
        rows = await session.execute(
            _UNSETTLED,
            {
                "organization": organization_id,
                "unknown_after": UNKNOWN_AFTER,
                "absence": absence_confirmed_after,
                "batch": BATCH,
            },
        )
        unsettled = [Unsettled(*row) for row in rows]
    by_number: dict[tuple[int, str], list[Unsettled]] = defaultdict(list)
    for one in unsettled:
        by_number[one.carrier_account_id, one.e164].append(one)
    away: CarrierUnavailable | None = None
    for (account_id, e164), attempts in by_number.items():
        since = min(one.permit_at for one in attempts) - LOOK_BACK
        try:
            carrier = await carrier_for(organization_id, account_id)
            records = [record async for record in _outbound_since(carrier, e164, since)]
        except CarrierUnavailable as error:
            away = error  # one account's silence must not keep the others' texts unsettled
            continue
        async with database.transaction(organization_id) as session:
            await _conclude(session, organization_id, attempts, records)
    if away is not None:
        raise away
    return len(unsettled)


async def _outbound_since(carrier: Carrier, e164: str, since: datetime) -> AsyncIterator[CarrierRecord]:
    """Texts to a number that were made since then.

    The list may be in the order of sending, and a text may have waited in the carrier's queue for as long
    as we allow: so one old record does not mean that only older ones follow.
    """
    async for record in carrier.list_to(e164):
        if (record.date_sent or record.date_created) < since - timedelta(seconds=VALIDITY_MAX):
            return
        if record.direction == "outbound" and record.date_created >= since:
            yield record


async def _conclude(
    session: AsyncSession, organization_id: int, attempts: list[Unsettled], records: list[CarrierRecord]
) -> None:
    key = {"organization": organization_id}
    mine = {**key, "attempts": [one.attempt_id for one in attempts]}
    if (await session.execute(_CALLED_NOW, mine)).scalar_one():
        return
    sids = [record.sid for record in records]
    filed = set((await session.scalars(_FILED, {"organization": organization_id, "sids": sids})).all())
    matched = match(attempts, [record for record in records if record.sid not in filed])
    if matched:
        found = [(one.attempt_id, one.message_id, record) for one, record in matched.items()]
        await accept_attempts(session, organization_id, found)
    missing = [one for one in attempts if one not in matched]
    first = [one.attempt_id for one in missing if one.absent_since is None]
    again = [one.attempt_id for one in missing if one.absent_since is not None]
    if first:
        await session.execute(_NOT_SEEN, {**key, "attempts": first})
    if again:
        await session.execute(_ABSENT, {**key, "attempts": again})
