"""One press, one first text (promise 6): judged, queued and written down in one statement.

The person's row in the audience is locked, so of several presses for one person the first that gets it
sends, and the others are told so; `uq_message_first_text` would refuse a second text even if this did not.
What the permit asks again just before a text leaves (opted out, window, campaign) is asked here as well,
so that the texter learns it at once.
"""

from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.messaging.models import Lane
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.sms.segments import count

Verdict = Literal[
    "sent", "already", "by_another", "given_back", "opted_out", "unreachable", "paused", "over", "changed",
    "window", "no_sender", "unknown",
]  # fmt: skip
SENT: Final[tuple[Verdict, ...]] = ("sent", "already")

# A text that waited on a phone without signal may come after its batch was given back: it counts as long as
# nobody else holds that person.
# Rows are named by the recipient itself, never by a join: right after a launch PostgreSQL has no statistics,
# and would read the whole audience to find the one.
# In a restored copy a person may have got the text through another account: nothing is sent until the lists
# of all are read.
_PRESS = sa.text(
    """
    with best as (
      select s.id from sender s join carrier_account a on a.organization_id = s.organization_id
        and a.id = s.carrier_account_id
      where s.organization_id = :organization and s.halted_at is null and a.halted_at is null
        and not exists (select from carrier_account c where c.organization_id = :organization
          and c.restored_copy_of is not null)
      limit 1),
    held as (
      select m.recipient_id, m.message_id, m.assigned_member_id from audience_member m
      where m.organization_id = :organization and m.campaign_id = :campaign and m.recipient_id = :recipient
      for update),
    judged as materialized (
      select held.recipient_id, held.message_id, c.window_rule || r.place as place,
        theirs.id as sender_id,
        case
          when held.message_id is not null and held.assigned_member_id = :member then 'already'
          when held.message_id is not null then 'by_another'
          when c.state = 'paused' then 'paused'
          when c.state <> 'running' then 'over'
          when t.member_id is null or held.assigned_member_id <> :member then 'given_back'
          when r.suppressed_at is not null then 'opted_out'
          when r.dead_since is not null or r.review_since is not null then 'unreachable'
          when c.script_id <> :script then 'changed'
          when not coalesce(clock_timestamp() >= w.opens_at
            and clock_timestamp() < w.closes_at - cast(:feeding_ends as interval), false) then 'window'
          when best.id is null then 'no_sender'
          else 'sent'
        end as verdict
      from held
      join recipient r on r.organization_id = :organization and r.id = :recipient
      left join sender theirs on theirs.organization_id = :organization and theirs.id = r.sticky_sender_id
        and theirs.registration = 'registered'
      join campaign c on c.organization_id = :organization and c.id = :campaign and c.kind = 'p2p'
      left join campaign_texter t on t.organization_id = :organization and t.campaign_id = :campaign
        and t.member_id = :member and t.removed_at is null
      left join sending_window w on w.organization_id = :organization and w.place = c.window_rule || r.place
      left join best on true),
    known as (
      select g.id from judged join outbox_group g on g.organization_id = :organization
        and (g.sender_id = judged.sender_id or g.sender_id is null and judged.sender_id is null)
        and g.campaign_id = :campaign and g.lane = cast(:lane as smallint) and g.place = judged.place
      where judged.verdict = 'sent'),
    made as (
      insert into outbox_group (organization_id, sender_id, campaign_id, lane, place)
      select :organization, sender_id, :campaign, cast(:lane as smallint), place from judged
      where verdict = 'sent' and not exists (select from known)
      on conflict (organization_id, sender_id, lane, campaign_id, place)
        do update set place = excluded.place
      returning id),
    text as (
      insert into message
        (organization_id, recipient_id, sender_id, campaign_id, direction, purpose, body, sent_by)
      select :organization, recipient_id, sender_id, :campaign, 'out', 'first_text', :body, :actor
      from judged where verdict = 'sent' returning id, recipient_id),
    waiting as (
      insert into outbox (organization_id, message_id, group_id, recipient_id, segments)
      select :organization, text.id, g.id, text.recipient_id, cast(:segments as smallint)
      from text, (select id from known union all select id from made) g),
    marked as (
      update audience_member m set message_id = text.id, assigned_member_id = :member, skipped_by_id = null
      from text
      where m.organization_id = :organization and m.campaign_id = :campaign
        and m.recipient_id = :recipient),
    let_go as (
      update audience_member m set assigned_member_id = null, assigned_at = null from judged
      where judged.verdict in ('opted_out', 'unreachable', 'window') and m.organization_id = :organization
        and m.campaign_id = :campaign and m.recipient_id = :recipient),
    active as (
      update campaign_texter set active_at = now() where organization_id = :organization
        and campaign_id = :campaign and member_id = :member)
    select judged.verdict, coalesce(text.id, judged.message_id) as message_id
    from judged left join text on true
    """
)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What became of a press. A repeated one is `already`, which is as good as `sent`."""

    verdict: Verdict
    message_id: int | None

    @property
    def is_sent(self) -> bool:
        return self.verdict in SENT


async def send_first_text(
    session: AsyncSession,
    organization_id: int,
    *,
    campaign_id: int,
    recipient_id: int,
    member_id: int,
    script_id: int,
    body: str,
) -> Pressed:
    """Queue the first text that `member_id` has just pressed for; `body` is what was shown to them."""
    row = (
        await session.execute(
            _PRESS,
            {
                "organization": organization_id,
                "campaign": campaign_id,
                "recipient": recipient_id,
                "member": member_id,
                "script": script_id,
                "body": body,
                "segments": count(body).segments,
                "actor": f"member {member_id}",
                "lane": int(Lane.FIRST_TEXT),
                "feeding_ends": FEEDING_ENDS,
            },
        )
    ).one_or_none()
    if row is None:
        return Pressed("unknown", None)
    if row.verdict == "sent":
        jobs.ring(session, jobs.Job(jobs.SEND))
    return Pressed(row.verdict, row.message_id)
