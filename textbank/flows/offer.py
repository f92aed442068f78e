"""The flows that a keyword may lead to or that may greet strangers, by name, for a select."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

MOST: Final = 200
_OFFERED: Final = sa.text(
    """
    select id, name from flow where organization_id = :organization and archived_at is null
      and published is not null order by name limit :most
    """
)
_STRANGERS: Final = sa.text("select id from flow where organization_id = :organization and for_strangers")


async def published_flows(session: AsyncSession, organization_id: int) -> Sequence[tuple[int, str]]:
    """Those that can begin; more than a select can hold are not offered."""
    given = {"organization": organization_id, "most": MOST}
    return [(row.id, row.name) for row in await session.execute(_OFFERED, given)]


async def flow_for_strangers(session: AsyncSession, organization_id: int) -> int | None:
    """Which one greets whoever writes for the first time without a keyword."""
    found: int | None = await session.scalar(_STRANGERS, {"organization": organization_id})
    return found
