"""Keep the conversation's state up with each text that comes in, and give it to who should answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.driver import rows_of
from textbank.who_is_away import GONE_OR_AWAY, SILENT

# An answer to a first text goes to the texter who sent it, once per campaign: whom staff gave the
# conversation to meanwhile keeps it. What a member who was taken out, suspended or is away held is the
# team's again, and so is the answer to the first text of such a one. What became the team's so finds its
# texter again, who is back, with the next text.
# A text fetched late was written when the carrier says: the hour in which a reply may leave at night
# (promise 4) runs from then, not from when it was filed.
_INBOUND = sa.text(
    f"""
    with given as materialized (
      select * from unnest(cast(:recipients as bigint[]), cast(:needs_reply as bool[]),
        cast(:written_at as timestamptz[]), cast(:out as bool[]), cast(:alert as text[]))
        as t (recipient_id, needs_reply, written_at, out, alert)),
    reached as (
      select given.recipient_id, r.campaign_id, r.member_id from given cross join lateral (
        select m.campaign_id, w.id as member_id from message m
        left join audience_member a on m.purpose = 'first_text' and a.organization_id = m.organization_id
          and a.campaign_id = m.campaign_id and a.recipient_id = m.recipient_id
        left join campaign k on k.organization_id = m.organization_id and k.id = m.campaign_id
        left join member w on w.organization_id = a.organization_id and w.id = a.assigned_member_id
          and w.disabled_at is null and w.suspended_at is null and not ({SILENT})
        where m.organization_id = :organization and m.recipient_id = given.recipient_id
          and m.direction = 'out' and m.campaign_id is not null
        order by m.id desc limit 1) r),
    gone as materialized (
      select v.recipient_id from given join conversation v on v.organization_id = :organization
        and v.recipient_id = given.recipient_id
      join member w on w.organization_id = v.organization_id and w.id = v.assigned_member_id
      left join campaign k on k.organization_id = v.organization_id and k.id = v.campaign_id
      where given.needs_reply and {GONE_OR_AWAY})
    insert into conversation as c (organization_id, recipient_id, campaign_id, assigned_member_id,
      needs_reply_since, last_inbound_at, last_message_at, alert_since, alert_word)
    select :organization, recipient_id, reached.campaign_id, reached.member_id,
      case when needs_reply then now() end, least(now(), written_at), now(),
      case when alert <> '' then now() end, alert
    from given left join reached using (recipient_id) order by recipient_id
    on conflict (organization_id, recipient_id) do update set
      needs_reply_since = case
        when excluded.needs_reply_since is not null then coalesce(c.needs_reply_since, now())
        when c.recipient_id = any(array(select recipient_id from given where out)) then null
        else c.needs_reply_since end,
      state = case when excluded.needs_reply_since is not null then 'open' else c.state end,
      campaign_id = coalesce(excluded.campaign_id, c.campaign_id),
      assigned_member_id = case
        when excluded.assigned_member_id is not null and excluded.campaign_id is distinct from c.campaign_id
          then excluded.assigned_member_id
        when c.recipient_id in (select recipient_id from gone)
          then nullif(excluded.assigned_member_id, c.left_by_id)
        when c.assigned_member_id is null and c.wants = '' and excluded.needs_reply_since is not null
          then nullif(excluded.assigned_member_id, c.left_by_id)
        else c.assigned_member_id end,
      last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at), last_message_at = now(),
      alert_since = coalesce(c.alert_since, excluded.alert_since),
      alert_word = case when c.alert_since is null then excluded.alert_word else c.alert_word end,
      snoozed_until = case when excluded.needs_reply_since is null then c.snoozed_until end
    returning c.recipient_id, c.assigned_member_id
    """  # noqa: S608 - the interpolated fragments are our own constants
)


@dataclass(frozen=True, slots=True)
class Touched:
    """A text that came in, as far as its conversation goes."""

    recipient_id: int
    needs_reply: bool
    written_at: datetime | None
    """The carrier's time; None where it did not say: then it came just now, by a webhook."""
    out: bool = False
    """They want no more: then nobody waits for a reply."""
    alert: str = ""
    """The alert word in it, which puts it on top until somebody answers or closes it."""


async def touch_inbound(session: AsyncSession, organization_id: int, texts: Sequence[Touched]) -> None:
    """Texts of different people came in. A conversation that waits keeps its place in the queue."""
    if not texts:
        return
    rows = await rows_of(
        session,
        _INBOUND,
        {
            "organization": organization_id,
            "recipients": [one.recipient_id for one in texts],
            "needs_reply": [one.needs_reply for one in texts],
            "written_at": [one.written_at for one in texts],
            "out": [one.out for one in texts],
            "alert": [one.alert for one in texts],
        },
    )
    for row in rows:
        changes.announce(session, organization_id, changes.of_conversation(row["recipient_id"]))
        if row["assigned_member_id"] is not None:
            changes.announce(session, organization_id, changes.of_member(row["assigned_member_id"]))
    if any(one.alert for one in texts):
        changes.announce(session, organization_id, changes.ALERT)
