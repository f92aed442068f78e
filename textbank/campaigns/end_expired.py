"""End the texts of a campaign whose last moment is past at their place: they never leave."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.messaging.window import OVER_FROM
from textbank.sms.status import RANK

BATCH = 5_000

# A window that never opens again says so in its row (`messaging/window.py`). A text with an attempt is with
# the carrier or on its way there: its outcome ends it.
_END = sa.text(
    f"""
    with waits as (
      select o.message_id from outbox_group g
      join sending_window w on w.organization_id = g.organization_id and w.place = g.place
        and w.opens_at >= '{OVER_FROM}'
      join outbox o on o.organization_id = g.organization_id and o.group_id = g.id
      where g.organization_id = :organization and g.campaign_id = :campaign and g.lane > 2
        and o.attempt_id is null
      limit :batch for update of o skip locked),
    told as (
      insert into delivery (organization_id, message_id, rank, status)
      select :organization, message_id, {RANK["stopped"]}, 'expired' from waits on conflict do nothing)
    delete from outbox o using waits
    where o.organization_id = :organization and o.message_id = waits.message_id
    """  # noqa: S608 - the interpolated values are our own constants
)


async def end_expired(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """End a batch of texts whose window never opens again; returns how many."""
    key = {"organization": organization_id, "campaign": campaign_id}
    ended = await session.execute(_END, {**key, "batch": BATCH})
    count: int = ended.rowcount  # type: ignore[attr-defined]
    return count
