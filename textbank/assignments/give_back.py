"""Give people back whom a texter holds: one whom they would rather not text, or all for now."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_SKIP = sa.text(
    """
    update audience_member set assigned_member_id = null, assigned_at = null, skipped_by_id = :member
    where organization_id = :organization and campaign_id = :campaign and recipient_id = :recipient
      and assigned_member_id = :member and message_id is null
    """
)
_STOP = sa.text(
    """
    update audience_member set assigned_member_id = null, assigned_at = null
    where organization_id = :organization and campaign_id = :campaign and assigned_member_id = :member
      and message_id is null
    """
)
_SKIPPED = sa.text(
    "select count(*) from (select from audience_member where organization_id = :organization "
    "and campaign_id = :campaign and skipped_by_id = :member and message_id is null limit 1000) n"
)
_PUT_BACK = sa.text(
    """
    update audience_member set skipped_by_id = null
    where organization_id = :organization and campaign_id = :campaign and skipped_by_id = :member
      and message_id is null
    """
)


def _key(organization_id: int, campaign_id: int, member_id: int) -> dict[str, int]:
    return {"organization": organization_id, "campaign": campaign_id, "member": member_id}


async def skip(
    session: AsyncSession, organization_id: int, campaign_id: int, member_id: int, recipient_id: int
) -> None:
    """Leave one person out. They are offered to nobody until the texter puts them back."""
    key = {**_key(organization_id, campaign_id, member_id), "recipient": recipient_id}
    await session.execute(_SKIP, key)


async def give_back(session: AsyncSession, organization_id: int, campaign_id: int, member_id: int) -> int:
    """Stop for now: whoever was not texted goes to the next texter. Returns how many."""
    done = await session.execute(_STOP, _key(organization_id, campaign_id, member_id))
    count: int = done.rowcount  # type: ignore[attr-defined]
    return count


async def skipped(session: AsyncSession, organization_id: int, campaign_id: int, member_id: int) -> int:
    """How many people this texter has left out."""
    found: int = (await session.execute(_SKIPPED, _key(organization_id, campaign_id, member_id))).scalar_one()
    return found


async def put_back_skipped(
    session: AsyncSession, organization_id: int, campaign_id: int, member_id: int
) -> None:
    """Offer again whom this texter has left out."""
    await session.execute(_PUT_BACK, _key(organization_id, campaign_id, member_id))
