"""Whose turn is next in a texter's queue: after the one at hand, then from the one who waits longest."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# Somebody who wrote an alert word comes first, unless it is such a one that is skipped. A conversation that
# was just answered waits no longer: its place was where their last text stands.
_NEXT = sa.text(
    """
    with at_hand as (
      select coalesce(needs_reply_since, last_inbound_at) as at, alert_since is not null as alert
      from conversation where organization_id = :organization and recipient_id = :after),
    urgent as (
      select recipient_id from conversation where organization_id = :organization
        and assigned_member_id = :member and needs_reply_since is not null and alert_since is not null
        and recipient_id <> :after and (snoozed_until is null or snoozed_until <= now())
        and not coalesce((select alert from at_hand), false)
      order by alert_since, recipient_id limit 1),
    later as (
      select recipient_id from conversation where organization_id = :organization
        and assigned_member_id = :member and needs_reply_since is not null and recipient_id <> :after
        and (snoozed_until is null or snoozed_until <= now())
        and (needs_reply_since, recipient_id) > (select at, cast(:after as bigint) from at_hand)
      order by needs_reply_since, recipient_id limit 1),
    first as (
      select recipient_id from conversation where organization_id = :organization
        and assigned_member_id = :member and needs_reply_since is not null and recipient_id <> :after
        and (snoozed_until is null or snoozed_until <= now())
      order by needs_reply_since, recipient_id limit 1)
    select coalesce((select recipient_id from urgent), (select recipient_id from later),
      (select recipient_id from first))
    """
)


async def next_waiting(
    session: AsyncSession, organization_id: int, *, member_id: int, after: int = 0
) -> int | None:
    """The next conversation of theirs that waits; None where nobody does."""
    key = {"organization": organization_id, "member": member_id, "after": after}
    found: int | None = (await session.execute(_NEXT, key)).scalar_one_or_none()
    return found
