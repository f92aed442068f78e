"""Who answers a conversation now, for the one who had it a moment ago."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# To nobody else: whose a conversation is, is nothing that a texter may look up.
_WHOSE = sa.text(
    """
    select coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1), '') as name from conversation v
    join member w on w.organization_id = v.organization_id and w.id = v.assigned_member_id
    where v.organization_id = :organization and v.recipient_id = :recipient and v.left_by_id = :member
    """
)


async def whose_now(session: AsyncSession, organization_id: int, recipient_id: int, *, member_id: int) -> str:
    """Their first name, for the one from whom it was moved; empty for others, or if it is nobody's."""
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id}
    name: str | None = (await session.execute(_WHOSE, key)).scalar_one_or_none()
    return name or ""
