"""Keep the conversation's state up with each text that comes in, and give it to who should answer."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes

# An answer to a first text goes to the texter who sent it, once per campaign: whom staff gave the
# conversation to meanwhile keeps it. What a member who was taken out held is nobody's again.
# A text fetched late was written when the carrier says: the hour in which a reply may leave at night
# (promise 4) runs from then, not from when it was filed.
_INBOUND = sa.text(
    """
    with reached as (
      select m.campaign_id, w.id as member_id from message m
      left join audience_member a on m.purpose = 'first_text' and a.organization_id = m.organization_id
        and a.campaign_id = m.campaign_id and a.recipient_id = :recipient
      left join member w on w.organization_id = a.organization_id and w.id = a.assigned_member_id
        and w.disabled_at is null
      where m.organization_id = :organization and m.recipient_id = :recipient and m.direction = 'out'
        and m.campaign_id is not null
      order by m.id desc limit 1),
    gone as (
      select c.recipient_id from conversation c
      join member w on w.organization_id = c.organization_id and w.id = c.assigned_member_id
      where c.organization_id = :organization and c.recipient_id = :recipient and w.disabled_at is not null)
    insert into conversation as c (organization_id, recipient_id, campaign_id, assigned_member_id,
      needs_reply_since, last_inbound_at, last_message_at, alert_since, alert_word)
    values (:organization, :recipient, (select campaign_id from reached), (select member_id from reached),
      case when :needs_reply then now() end,
      least(now(), cast(:written_at as timestamptz)), now(),
      case when cast(:alert as text) <> '' then now() end, cast(:alert as text))
    on conflict (organization_id, recipient_id) do update set
      needs_reply_since = case when :needs_reply then coalesce(c.needs_reply_since, now())
        when :out then null else c.needs_reply_since end,
      state = case when :needs_reply then 'open' else c.state end,
      campaign_id = coalesce(excluded.campaign_id, c.campaign_id),
      assigned_member_id = case
        when excluded.assigned_member_id is not null and excluded.campaign_id is distinct from c.campaign_id
          then excluded.assigned_member_id
        when exists (select from gone) then excluded.assigned_member_id
        else c.assigned_member_id end,
      last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at), last_message_at = now(),
      alert_since = coalesce(c.alert_since, excluded.alert_since),
      alert_word = case when c.alert_since is null then excluded.alert_word else c.alert_word end
    """
)


async def touch_inbound(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    *,
    needs_reply: bool,
    written_at: datetime | None,
    out: bool = False,
    alert: str = "",
) -> None:
    """A text came in. A conversation that waits keeps its place in the queue, unless they want `out`.

    With an `alert` word in it, it stands on top until somebody answers or closes it. `written_at` is
    the carrier's time, None where it did not say: then it came just now, by a webhook.
    """
    key = {"organization": organization_id, "recipient": recipient_id}
    given = {"needs_reply": needs_reply, "written_at": written_at, "out": out, "alert": alert}
    await session.execute(_INBOUND, key | given)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    if alert:
        changes.announce(session, organization_id, changes.ALERT)
