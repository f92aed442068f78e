"""Give waiting conversations back to the team when the one who holds them is away, suspended or gone."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.who_is_away import GONE_OR_AWAY

AT_ONCE: Final = 500
_ASK_ANEW: Final = 100

# What waits for nothing stays: they may go on with it when they are back. What was put off comes back first.
_GIVE_BACK = sa.text(
    f"""
    with silent as materialized (
      select v.recipient_id, v.assigned_member_id from conversation v
      join member w on w.organization_id = v.organization_id and w.id = v.assigned_member_id
      left join campaign k on k.organization_id = v.organization_id and k.id = v.campaign_id
      where v.organization_id = :organization and v.needs_reply_since is not null
        and (v.snoozed_until is null or v.snoozed_until <= now()) and {GONE_OR_AWAY}
      order by v.needs_reply_since limit :most for update of v skip locked)
    update conversation c set assigned_member_id = null, moved_at = now(), snoozed_until = null
    from silent where c.organization_id = :organization and c.recipient_id = silent.recipient_id
      and c.assigned_member_id = silent.assigned_member_id
    returning c.recipient_id
    """  # noqa: S608 - the interpolated fragment is our own constant
)


async def give_back_of_away(session: AsyncSession, organization_id: int) -> int:
    """They are nobody's, with their campaign; returns how many."""
    values = {"organization": organization_id, "most": AT_ONCE}
    found = (await session.execute(_GIVE_BACK, values)).scalars().all()
    for recipient_id in found[:_ASK_ANEW]:
        changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    return len(found)
