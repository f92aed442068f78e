"""Give the next audience members of a running blast their text, composed for each, in the outbox."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.campaigns.first_part import open_rest
from textbank.campaigns.freeze_audience import freeze_audience
from textbank.campaigns.pace_to_replies import room_for_replies
from textbank.campaigns.people import PERSON_COLUMNS, disclaimers_of, organization_name, person_of
from textbank.campaigns.wordings import under_comparison
from textbank.campaigns.words import compose
from textbank.errors import Conflict
from textbank.messaging.models import Lane

BATCH = 2_000

# In a restored copy, members without a text here may have got one since: until that is known, none is queued.
_CAMPAIGN = sa.text(
    "select c.kind, c.frozen_at, c.rest_at, c.paced_to_replies from campaign c "
    "where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'running' and not exists (select from carrier_account a "
    "where a.organization_id = c.organization_id and a.restored_copy_of is not null)"
)
# Under a shared lock, so that a pause waits for this batch: new words that are put in after the pause must
# find every text that was composed from the old ones.
_WORDS = sa.text(
    "select s.body, c.window_rule from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'running' for share of c"
)
_SENDER = sa.text(
    "select s.id from sender s join carrier_account a on a.organization_id = s.organization_id "
    "and a.id = s.carrier_account_id where s.organization_id = :organization "
    "and s.halted_at is null and a.halted_at is null limit 1"
)
# A text leaves from the number that the person knows, else from the one that has room when it is claimed.
_NEXT = sa.text(
    f"""
    select cast(m.ctid as text) as row_address, m.recipient_id, m.wording,
      theirs.id as sender_id, {PERSON_COLUMNS}
    from audience_member m
    join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
    left join sender theirs on theirs.organization_id = r.organization_id and theirs.id = r.sticky_sender_id
      and theirs.registration = 'registered'
    join contact p on p.organization_id = m.organization_id and p.id = m.contact_id
    where m.organization_id = :organization and m.campaign_id = :campaign and m.message_id is null
      and not m.later
    order by m.recipient_id limit :batch for update of m skip locked
    """  # noqa: S608 - the interpolated columns are our own constant
)
# The texts' ids are taken from the sequence first, and the members, locked before, are found again by their
# rows' own addresses: right after a launch PostgreSQL has no statistics of the audience, takes it for one
# row, and would join two thousand texts with every member of it (measured: 5.4 s a batch instead of 0.1).
_QUEUE = sa.text(
    """
    with next as materialized (
      select cast(t.row_address as tid) as row_address, t.recipient_id, t.place, t.sender_id, t.body,
        t.segments, nextval(pg_get_serial_sequence('message', 'id')) as message_id
      from unnest(cast(:rows as text[]), cast(:recipients as bigint[]), cast(:places as text[]),
        cast(:senders as bigint[]), cast(:bodies as text[]), cast(:segments as smallint[]))
        as t (row_address, recipient_id, place, sender_id, body, segments)),
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
      select :organization, message_id, recipient_id, sender_id, :campaign, 'out', 'blast', body
      from next),
    waiting as (
      insert into outbox (organization_id, message_id, group_id, recipient_id, segments)
      select :organization, next.message_id, groups.id, next.recipient_id, next.segments
      from next join groups on coalesce(groups.sender_id, 0) = coalesce(next.sender_id, 0)
        and groups.place = next.place)
    update audience_member m set message_id = next.message_id,
      wording = case when cast(:compares as boolean) then m.wording end
    from next
    where m.ctid = next.row_address and m.organization_id = :organization
    """
)


async def queue_audience(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """Do the next part of a launch in one transaction; 0 when nothing is left to do.

    First it freezes the audience, window by window, then it queues a batch at a time. Raises Conflict where
    no sender can send.
    """
    key: dict[str, Any] = {"organization": organization_id, "campaign": campaign_id}
    campaign = (await session.execute(_CAMPAIGN, key)).one_or_none()
    if campaign is None:
        return 0
    if campaign.frozen_at is None:
        return await freeze_audience(session, organization_id, campaign_id)
    more = await open_rest(session, organization_id, campaign_id) if campaign.rest_at else 0
    if more or campaign.kind != "blast":
        return more  # each first text of a peer-to-peer campaign is a person's own press (promise 6)
    if (await session.execute(_SENDER, key)).scalar_one_or_none() is None:
        raise Conflict("No sender can send: connect a carrier account again. The campaign waits.")
    room = BATCH
    if campaign.paced_to_replies:
        room = await room_for_replies(session, organization_id, campaign_id, BATCH)
    said = (await session.execute(_WORDS, key)).one_or_none() if room else None
    if said is None:
        return 0  # it was paused just now, or those who answer have enough to do
    rows = (await session.execute(_NEXT, {**key, "batch": room})).all()
    if not rows:
        return 0
    await session.execute(_QUEUE, {**key, **await _texts(session, organization_id, campaign_id, said, rows)})
    jobs.ring(session, jobs.Job(jobs.SEND))
    return len(rows)


async def _texts(
    session: AsyncSession, organization_id: int, campaign_id: int, said: Any, rows: Any
) -> dict[str, Any]:
    """What `_QUEUE` is told of each member."""
    name = await organization_name(session, organization_id)
    disclaimers = await disclaimers_of(session, organization_id)
    others = await under_comparison(session, organization_id, campaign_id)
    words = {0: said.body, **others}
    composed = [
        compose(words.get(row.wording, said.body), person_of(row), organization=name, disclaimers=disclaimers)
        for row in rows
    ]
    return {
        "compares": bool(others),
        "lane": int(Lane.BLAST),
        "rows": [row.row_address for row in rows],
        "recipients": [row.recipient_id for row in rows],
        "places": [said.window_rule + row.place for row in rows],
        "senders": [row.sender_id for row in rows],
        "bodies": [text.body for text in composed],
        "segments": [text.segments for text in composed],
    }
