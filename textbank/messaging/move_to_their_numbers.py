"""Give texts of the pool to the numbers that their recipients have come to know since they were queued."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_MOVE = sa.text(
    """
    with moving as (
      select o.message_id, r.sticky_sender_id as sender_id, g.campaign_id, g.lane, g.place
      from outbox o
      join outbox_group g on g.organization_id = o.organization_id and g.id = o.group_id
        and g.sender_id is null
      join recipient r on r.organization_id = o.organization_id and r.id = o.recipient_id
        and r.sticky_sender_id is not null
      where o.organization_id = :organization and o.message_id = any(:messages)
        and o.claim_token is null and o.attempt_id is null),
    groups as (
      insert into outbox_group (organization_id, sender_id, campaign_id, lane, place)
      select distinct cast(:organization as bigint), sender_id, campaign_id, lane, place from moving
      on conflict (organization_id, sender_id, lane, campaign_id, place)
        do update set place = excluded.place
      returning id, sender_id, campaign_id, lane, place)
    update outbox o set group_id = groups.id from moving join groups
      on groups.sender_id = moving.sender_id and groups.lane = moving.lane
      and groups.campaign_id is not distinct from moving.campaign_id and groups.place = moving.place
    where o.organization_id = :organization and o.message_id = moving.message_id
      and o.claim_token is null and o.attempt_id is null
    """
)


async def move_to_their_numbers(
    session: AsyncSession, organization_id: int, message_ids: Sequence[int]
) -> None:
    """Queue these waiting texts anew, each for the number that its recipient knows us by."""
    if message_ids:
        await session.execute(_MOVE, {"organization": organization_id, "messages": list(message_ids)})
