"""Give the next audience members of a running blast their text, in the outbox."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.errors import Conflict
from textbank.messaging.models import Lane
from textbank.sms.segments import count

BATCH = 2_000

# In a restored copy, members without a text here may have got one since: until that is known, none is queued.
_CAMPAIGN = sa.text(
    "select s.body from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'running' and not exists (select from carrier_account a "
    "where a.organization_id = c.organization_id and a.restored_copy_of is not null)"
)
# A text leaves from the sender that the person knows, else from the organization's fastest.
_SENDER = sa.text(
    "select s.id from sender s join carrier_account a on a.organization_id = s.organization_id "
    "and a.id = s.carrier_account_id where s.organization_id = :organization "
    "and s.halted_at is null and a.halted_at is null order by s.segments_per_second desc, s.id limit 1"
)
# The texts' ids are taken from the sequence first, and the members, locked here, are found again by their
# rows' own addresses: right after a launch PostgreSQL has no statistics of the audience, takes it for one
# row, and would join two thousand texts with every member of it (measured: 5.4 s a batch instead of 0.1).
_QUEUE = sa.text(
    """
    with next as materialized (
      select m.ctid as row_address, m.recipient_id, r.place,
        coalesce(r.sticky_sender_id, :sender) as sender_id,
        nextval(pg_get_serial_sequence('message', 'id')) as message_id
      from audience_member m
      join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
      where m.organization_id = :organization and m.campaign_id = :campaign and m.message_id is null
      order by m.recipient_id limit :batch for update of m skip locked),
    groups as (
      insert into outbox_group (organization_id, sender_id, campaign_id, lane, place)
      select distinct cast(:organization as bigint), sender_id, cast(:campaign as bigint),
        cast(:lane as smallint), place from next
      on conflict (organization_id, sender_id, lane, campaign_id, place)
        do update set place = excluded.place
      returning id, sender_id, place),
    texts as (
      insert into message
        (organization_id, id, recipient_id, sender_id, campaign_id, direction, purpose, body)
      overriding system value
      select :organization, message_id, recipient_id, sender_id, :campaign, 'out', 'blast', :body
      from next),
    waiting as (
      insert into outbox (organization_id, message_id, group_id, recipient_id, segments)
      select :organization, next.message_id, groups.id, next.recipient_id, cast(:segments as smallint)
      from next join groups on groups.sender_id = next.sender_id and groups.place = next.place)
    update audience_member m set message_id = next.message_id from next
    where m.ctid = next.row_address and m.organization_id = :organization
    """
)


async def queue_audience(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """Queue one batch; returns how many were queued, 0 when all are. Raises Conflict without a sender."""
    key = {"organization": organization_id, "campaign": campaign_id}
    body = (await session.execute(_CAMPAIGN, key)).scalar_one_or_none()
    if body is None:
        return 0
    sender = (await session.execute(_SENDER, key)).scalar_one_or_none()
    if sender is None:
        raise Conflict("The organization has no sender that may send. The texts are kept and wait.")
    done = await session.execute(
        _QUEUE,
        {
            **key,
            "sender": sender,
            "lane": int(Lane.BLAST),
            "body": body,
            "segments": count(body).segments,
            "batch": BATCH,
        },
    )
    jobs.ring(session, jobs.Job(jobs.SEND))
    queued: int = done.rowcount  # type: ignore[attr-defined]
    return queued
