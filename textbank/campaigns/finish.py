"""Mark campaigns done whose every text has left or ended."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# Groups of finished campaigns go, because every pump reads all groups at each tick.
_FINISH = sa.text(
    """
    with done as (
    update campaign c set state = 'done', finished_at = now()
    where c.organization_id = :organization and c.state = 'running' and c.frozen_at is not null
      and (c.kind = 'blast' and not exists (select from audience_member m
          where m.organization_id = c.organization_id and m.campaign_id = c.id and m.message_id is null
          and not m.later)
          and not exists (select from audience_member m
          where m.organization_id = c.organization_id and m.campaign_id = c.id and m.later
            and m.message_id is null)
        or c.kind = 'p2p' and (c.ends_at < now() or c.ends_at_place at time zone 'Etc/GMT+12' < now()))
      and not exists (select from outbox o join outbox_group g on g.organization_id = o.organization_id
        and g.id = o.group_id where o.organization_id = c.organization_id and g.campaign_id = c.id)
    returning c.id)
    delete from outbox_group g using done where g.organization_id = :organization and g.campaign_id = done.id
    """
)


async def finish_campaigns(session: AsyncSession, organization_id: int) -> None:
    """A blast is done when its audience is queued, a peer-to-peer campaign when its last moment is past in
    the westernmost place, and either only when none of its texts waits or is unknown."""
    await session.execute(_FINISH, {"organization": organization_id})
