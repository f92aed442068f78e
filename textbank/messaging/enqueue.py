"""Put texts into the outbox: an answer or a reply. Campaigns queue theirs in bulk."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.driver import rows_of
from textbank.messaging.purpose import LANES, Purpose
from textbank.sms.segments import count

_ENQUEUE = sa.text(
    """
    with found as (
      select id from outbox_group where organization_id = :organization and sender_id = :sender
        and lane = :lane and campaign_id is null and place = :place),
    made as (
      insert into outbox_group (organization_id, sender_id, lane, place)
      select :organization, :sender, :lane, :place where not exists (select from found)
      on conflict (organization_id, sender_id, lane, campaign_id, place) do update set place = excluded.place
      returning id),
    text as (
      insert into message
        (organization_id, recipient_id, sender_id, direction, purpose, body, sent_by, list_id)
      values (:organization, :recipient, :sender, 'out', :purpose, :body, :sent_by, :list) returning id),
    waiting as (
      insert into outbox
        (organization_id, message_id, group_id, recipient_id, segments, queued_at, due_at, exempt_until,
         expires_at)
      select :organization, text.id, g.id, :recipient, :segments, clock_timestamp(),
        now() + cast(:later_by as interval), :exempt_until,
        :expires_at
      from text, (select id from found union all select id from made) g)
    select id from text
    """
)
_ENQUEUE_ALIKE = sa.text(
    """
    with given as materialized (
      select * from unnest(cast(:recipients as bigint[]), cast(:until as timestamptz[]))
        as t (recipient_id, expires_at)),
    found as (
      select id from outbox_group where organization_id = :organization and sender_id = :sender
        and lane = :lane and campaign_id is null and place = ''),
    made as (
      insert into outbox_group (organization_id, sender_id, lane, place)
      select :organization, :sender, :lane, '' where not exists (select from found)
      on conflict (organization_id, sender_id, lane, campaign_id, place) do update set place = excluded.place
      returning id),
    text as (
      insert into message (organization_id, recipient_id, sender_id, direction, purpose, body, sent_by)
      select :organization, recipient_id, :sender, 'out', :purpose, :body, '' from given
      returning id, recipient_id)
    insert into outbox
      (organization_id, message_id, group_id, recipient_id, segments, queued_at, due_at, expires_at)
    select :organization, text.id, g.id, recipient_id, :segments, clock_timestamp(), now(), given.expires_at
    from text join given using (recipient_id)
    cross join (select id from found union all select id from made) g
    """
)


async def enqueue(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    purpose: Purpose,
    body: str,
    place: str = "",
    exempt_until: datetime | None = None,
    expires_at: datetime | None = None,
    sent_by: str = "",
    list_id: int | None = None,
    later_by: timedelta = timedelta(),
) -> int:
    """Queue a text and ring for the sender after the commit; returns the message's id.

    `place` binds it to that place's quiet hours; empty exempts it (see `messaging/purpose.py`), until
    `exempt_until` where that is given. After `expires_at` it is dropped unsent. `list_id`: the list on which
    a welcome series rests. `later_by`: a moment after another one, so that a phone shows them in order.
    """
    message_id: int = (
        await session.execute(
            _ENQUEUE,
            {
                "organization": organization_id,
                "sender": sender_id,
                "lane": int(LANES[purpose]),
                "place": place,
                "recipient": recipient_id,
                "purpose": purpose,
                "body": body,
                "sent_by": sent_by,
                "segments": count(body).segments,
                "list": list_id,
                "later_by": later_by,
                "exempt_until": exempt_until,
                "expires_at": expires_at,
            },
        )
    ).scalar_one()
    jobs.ring(session, jobs.Job(jobs.SEND))
    return message_id


async def enqueue_alike(
    session: AsyncSession,
    organization_id: int,
    *,
    sender_id: int,
    purpose: Purpose,
    body: str,
    recipients: Sequence[tuple[int, datetime]],
) -> None:
    """Queue the same words for several people at any hour, each until a moment of their own."""
    await rows_of(
        session,
        _ENQUEUE_ALIKE,
        {
            "organization": organization_id,
            "sender": sender_id,
            "lane": int(LANES[purpose]),
            "purpose": purpose,
            "body": body,
            "segments": count(body).segments,
            "recipients": [recipient_id for recipient_id, _ in recipients],
            "until": [until for _, until in recipients],
        },
    )
    jobs.ring(session, jobs.Job(jobs.SEND))
