"""Which versions of a flow there are, who published them, and who is still on their way through one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE: Final = 20
NEWEST: Final = 2**31 - 1
COUNTED_TO: Final = 1_000

_VERSIONS: Final = sa.text(
    """
    select v.version, v.published_at, v.published_by,
      jsonb_array_length(coalesce(v.document -> 'steps', '[]')) as steps
    from flow_version v
    where v.organization_id = :organization and v.flow_id = :flow and v.version < :before
    order by v.version desc limit :limit
    """
)
_ON_THE_WAY: Final = sa.text(
    """
    select count(*) filter (where asked_at is not null) as asked, count(*) filter (where asked_at is null)
      as waiting
    from (select r.asked_at from flow_version v
      join flow_run r on r.organization_id = v.organization_id and r.version_id = v.id and r.ended_at is null
      where v.organization_id = :organization and v.flow_id = :flow limit :most) open
    """
)


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version as pages list it."""

    version: int
    published_at: datetime
    published_by: str
    """An actor, as the audit log keeps it."""
    steps: int


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """How many people have begun and not ended, up to a thousand."""

    asked: int
    """A question is open."""
    waiting: int
    """The next text of a series comes in some days."""

    @property
    def everybody(self) -> int:
        return self.asked + self.waiting


async def read_versions(
    session: AsyncSession, organization_id: int, flow_id: int, *, before: int = NEWEST
) -> tuple[Sequence[VersionShown], int | None]:
    """A page of them, newest first, and where to go on."""
    given = {"organization": organization_id, "flow": flow_id, "before": before, "limit": PAGE + 1}
    found = [
        VersionShown(row.version, row.published_at, row.published_by, row.steps)
        for row in await session.execute(_VERSIONS, given)
    ]
    return found[:PAGE], found[PAGE - 1].version if len(found) > PAGE else None


async def count_on_the_way(session: AsyncSession, organization_id: int, flow_id: int) -> OnTheWay:
    """Who keeps the version that they began with when another one is published."""
    given = {"organization": organization_id, "flow": flow_id, "most": COUNTED_TO}
    row = (await session.execute(_ON_THE_WAY, given)).one()
    return OnTheWay(row.asked, row.waiting)
