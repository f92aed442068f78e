"""Texters as captains look after them: who waits to be let in, who is suspended, and all of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE: Final = 50
Which = Literal["waiting", "suspended", "all"]

_WHERE: Final[dict[Which, str]] = {
    "waiting": "m.approval <> 'approved' and m.disabled_at is null",
    "suspended": "m.suspended_at is not null and m.disabled_at is null",
    "all": "m.disabled_at is null and m.role in ('texter', 'captain')",
}
_LIST: Final = """
    select m.id, m.name, m.alias, m.role, m.email, m.approval, m.trial_left, m.practised_at, m.suspended_at,
      m.suspended_because, m.languages, m.created_at,
      (select max(s.seen_at) from sign_in s where s.organization_id = m.organization_id
        and s.member_id = m.id) as seen_at
    from member m where m.organization_id = :organization and m.id > :after and {where}
    order by m.id limit :page
"""


@dataclass(frozen=True, slots=True)
class Texter:
    """One line."""

    id: int
    name: str
    alias: str
    role: str
    email: str | None
    approval: str
    trial_left: int
    practised_at: datetime | None
    suspended_at: datetime | None
    suspended_because: str
    languages: list[str]
    created_at: datetime
    seen_at: datetime | None


async def list_texters(
    session: AsyncSession, organization_id: int, which: Which = "all", *, after: int = 0
) -> tuple[list[Texter], int | None]:
    """One page, oldest first, and where the next one begins."""
    rows = (
        await session.execute(
            sa.text(_LIST.format(where=_WHERE[which])),
            {"organization": organization_id, "after": after, "page": PAGE + 1},
        )
    ).all()
    listed = [Texter(*row) for row in rows[:PAGE]]
    return listed, listed[-1].id if len(rows) > PAGE else None
