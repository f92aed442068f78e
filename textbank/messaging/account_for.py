"""Write down what the carrier's list shows to have been handed over, whatever of it we know.

Three cases: an attempt that had no outcome; a text that waits here although the carrier has it already;
and a text that is not known here at all. The last two happen after a restore only
(`inbound/settle_restored.py`). Each of the carrier's ids is filed for at most one text, by its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.messaging.delivery import MOVES_FORWARD
from textbank.messaging.unsettled import UNSETTLED
from textbank.sms.carrier import CarrierRecord
from textbank.sms.status import RANK

FROM_THE_LIST = "carrier_list"
"""`message.rule` of a text that only the carrier's list told of."""

_ACCEPT = sa.text(
    f"""
    with found as (
      select * from unnest(cast(:attempts as bigint[]), cast(:messages as bigint[]), cast(:sids as text[]),
        cast(:statuses as text[]), cast(:ranks as smallint[]), cast(:codes as int[]))
        as t (attempt_id, message_id, sid, status, rank, code)),
    filed as (
      insert into carrier_message (organization_id, sid, message_id, attempt_id)
      select :organization, sid, message_id, attempt_id from found
      on conflict do nothing returning sid),
    mine as (select found.* from found join filed using (sid)),
    settled as (
      update attempt a set outcome = 'accepted', settled_at = clock_timestamp() from mine
      where a.organization_id = :organization and a.id = mine.attempt_id
        and {UNSETTLED}),
    ended as (
      delete from outbox o using mine where o.organization_id = :organization
        and o.message_id = mine.message_id and o.attempt_id = mine.attempt_id)
    insert into delivery (organization_id, message_id, rank, status, error_code)
    select :organization, message_id, rank, status, code from mine
    {MOVES_FORWARD}
    """  # noqa: S608 - the interpolated fragment is our own constant
)
# The outbox row ends in the statement that files the carrier's id: it can never be claimed again.
_ACCEPT_WAITING = sa.text(
    f"""
    with found as (
      select * from unnest(cast(:messages as bigint[]), cast(:sids as text[]), cast(:statuses as text[]),
        cast(:ranks as smallint[]), cast(:codes as int[]), cast(:times as timestamptz[]),
        cast(:senders as bigint[])) as t (message_id, sid, status, rank, code, at, sender_id)),
    mine as (
      delete from outbox o using found
      where o.organization_id = :organization and o.message_id = found.message_id and o.attempt_id is null
      returning found.*, o.recipient_id),
    tried as (
      insert into attempt
        (organization_id, message_id, recipient_id, sender_id, permit_at, outcome, settled_at)
      select :organization, message_id, recipient_id, sender_id, at, 'accepted', clock_timestamp() from mine
      returning id, message_id),
    filed as (
      insert into carrier_message (organization_id, sid, message_id, attempt_id)
      select :organization, mine.sid, message_id, tried.id from mine join tried using (message_id))
    insert into delivery (organization_id, message_id, rank, status, error_code)
    select :organization, message_id, rank, status, code from mine
    {MOVES_FORWARD}
    """  # noqa: S608 - the interpolated fragment is our own constant
)
_FILE = sa.text(
    """
    with found as materialized (
      select t.*, nextval(pg_get_serial_sequence('message', 'id')) as message_id,
        nextval(pg_get_serial_sequence('attempt', 'id')) as attempt_id
      from unnest(cast(:recipients as bigint[]), cast(:campaigns as bigint[]), cast(:senders as bigint[]),
        cast(:purposes as text[]), cast(:bodies as text[]), cast(:sids as text[]),
        cast(:statuses as text[]), cast(:ranks as smallint[]), cast(:codes as int[]),
        cast(:times as timestamptz[]), cast(:contacts as bigint[]))
        as t (recipient_id, campaign_id, sender_id, purpose, body, sid, status, rank, code, at,
        contact_id)),
    texts as (
      insert into message (organization_id, id, recipient_id, sender_id, campaign_id, direction, purpose,
        rule, body, created_at)
      overriding system value
      select :organization, message_id, recipient_id, sender_id, campaign_id, 'out', purpose, :rule, body, at
      from found),
    tried as (
      insert into attempt
        (organization_id, id, message_id, recipient_id, sender_id, permit_at, outcome, settled_at)
      overriding system value
      select :organization, attempt_id, message_id, recipient_id, sender_id, at, 'accepted',
        clock_timestamp() from found),
    filed as (
      insert into carrier_message (organization_id, sid, message_id, attempt_id)
      select :organization, sid, message_id, attempt_id from found),
    stands as (
      insert into delivery (organization_id, message_id, rank, status, error_code)
      select :organization, message_id, rank, status, code from found)
    insert into audience_member (organization_id, campaign_id, recipient_id, contact_id, message_id)
    select :organization, campaign_id, recipient_id, contact_id, message_id from found
    where campaign_id is not null
    on conflict (organization_id, campaign_id, recipient_id) do update set message_id = excluded.message_id
    where audience_member.message_id is null
    """
)


@dataclass(frozen=True, slots=True)
class Untold:
    """A record of a text that is not known here; which audience member's it was, where it was one's."""

    recipient_id: int
    sender_id: int
    purpose: str
    record: CarrierRecord
    campaign_id: int | None = None
    contact_id: int | None = None


async def accept_attempts(
    session: AsyncSession, organization_id: int, found: Sequence[tuple[int, int, CarrierRecord]]
) -> None:
    """Settle (attempt, message, record) as accepted, unless a callback did so meanwhile."""
    values = {"attempts": [one[0] for one in found], "messages": [one[1] for one in found]}
    stands = _stands([one[2] for one in found])
    del stands["times"]
    await session.execute(_ACCEPT, {"organization": organization_id, **values, **stands})


async def accept_waiting(
    session: AsyncSession, organization_id: int, found: Sequence[tuple[int, CarrierRecord, int]]
) -> None:
    """End (message, record, sender) in the outbox: the carrier has it already, and by whom it left."""
    values: dict[str, object] = {
        "messages": [one[0] for one in found],
        "senders": [one[2] for one in found],
    }
    stands = _stands([one[1] for one in found])
    await session.execute(_ACCEPT_WAITING, {"organization": organization_id, **values, **stands})


async def file_untold(session: AsyncSession, organization_id: int, found: Sequence[Untold]) -> None:
    """File texts that only the carrier's list tells of, so that everybody sees that they were sent."""
    await session.execute(
        _FILE,
        {
            "organization": organization_id,
            "rule": FROM_THE_LIST,
            "recipients": [one.recipient_id for one in found],
            "campaigns": [one.campaign_id for one in found],
            "contacts": [one.contact_id for one in found],
            "senders": [one.sender_id for one in found],
            "purposes": [one.purpose for one in found],
            "bodies": [one.record.body for one in found],
            **_stands([one.record for one in found]),
        },
    )


def _stands(records: Sequence[CarrierRecord]) -> dict[str, list[object]]:
    return {
        "sids": [record.sid for record in records],
        "statuses": [record.status for record in records],
        "ranks": [RANK.get(record.status, 0) for record in records],
        "codes": [record.error_code for record in records],
        "times": [record.date_created for record in records],
    }
