"""The pace while Valkey is away: one text a second for each sender, by one row of PostgreSQL.

Only answers and replies are let through. However many workers ask, the row's lock lets one of them have it.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_TRICKLE = sa.text(
    "update sender set trickled_at = clock_timestamp() where organization_id = :organization "
    "and id = :sender and (trickled_at is null or trickled_at < clock_timestamp() - interval '1 second') "
    "returning id"
)


async def trickle(session: AsyncSession, organization_id: int, sender_id: int) -> int:
    """How many segments may leave now: one, or none."""
    key = {"organization": organization_id, "sender": sender_id}
    return 0 if (await session.execute(_TRICKLE, key)).one_or_none() is None else 1
