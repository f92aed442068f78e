"""What the carriers' day is told beside the claim, which counts it (`claim.py`)."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.carriers_day import ELSEWHERE, TODAY, USED

_CORRECT = sa.text(
    f"""
    update brand b set used = greatest(0, b.used + cast(:segments as float8) * b.day_share)
    where b.organization_id = :organization and b.id = :brand and b.used_on = {TODAY}
    """  # noqa: S608 - the interpolated fragment is our own constant
)
_OF_SENDER = (
    "b.organization_id = :organization and b.id = (select k.brand_id from sender s "
    "join registered_campaign k on k.organization_id = s.organization_id "
    "and k.id = s.registered_campaign_id where s.organization_id = :organization and s.id = :sender)"
)
_FULL = sa.text(f"update brand b set full_on = {TODAY} where {_OF_SENDER}")  # noqa: S608 - constants
_AT_LEAST = sa.text(
    f"""
    update brand b set used_on = {TODAY},
      used = greatest({USED}, b.day_cap * cast(:share as float8) - {ELSEWHERE})
    where b.day_cap is not null and {_OF_SENDER}
    """  # noqa: S608 - the interpolated fragments are our own constants
)


async def correct_day(session: AsyncSession, organization_id: int, brand_id: int, segments: int) -> None:
    """Count segments more (or fewer) than were claimed; what was claimed yesterday is yesterday's."""
    key = {"organization": organization_id, "brand": brand_id, "segments": segments}
    await session.execute(_CORRECT, key)


async def day_is_used(session: AsyncSession, organization_id: int, sender_id: int, share: float) -> None:
    """The carrier says how much of its day this sender's brand has used, at least; 1 is all of it."""
    key = {"organization": organization_id, "sender": sender_id}
    if share >= 1:
        await session.execute(_FULL, key)
    else:
        await session.execute(_AT_LEAST, {**key, "share": share})
