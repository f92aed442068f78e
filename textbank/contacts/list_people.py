"""All people in the order of their names, a page at a time, and counts that stop at ten thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE = 50
COUNTED_TO = 10_000
"""Beyond this a page says "10,000+"."""

SHOWN = """
    select c.id, c.first_name, c.last_name, c.zip_code, c.language, c.sort_name, c.folded_first,
      n.e164, n.suppressed_at, n.dead_since, n.recipient_id
    from contact c
    left join lateral (
      select r.e164, r.suppressed_at, r.dead_since, r.id as recipient_id from contact_number n
      join recipient r on r.organization_id = n.organization_id and r.id = n.recipient_id
      where n.organization_id = c.organization_id and n.contact_id = c.id
      order by n.until is not null, n.id limit 1) n on true
    where c.organization_id = :organization
"""
_FORWARD = sa.text(
    f"{SHOWN} and (c.sort_name, c.folded_first, c.id) > "
    '(cast(:name as text) collate "C", cast(:first as text) collate "C", :id) '
    "order by c.sort_name, c.folded_first, c.id limit :limit"
)
_BACK = sa.text(
    f"{SHOWN} and (c.sort_name, c.folded_first, c.id) < "
    '(cast(:name as text) collate "C", cast(:first as text) collate "C", :id) '
    "order by c.sort_name desc, c.folded_first desc, c.id desc limit :limit"
)
_COUNT = sa.text(
    "select count(*) from (select from contact where organization_id = :organization limit :most) counted"
)

Place = tuple[str, str, int]
"""Where somebody stands in the order: what they are filed under, first name, id."""
BEGINNING: Place = ("", "", 0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as lists show them."""

    id: int
    name: str
    e164: str | None
    recipient_id: int | None
    zip_code: str | None
    language: str
    suppressed: bool
    dead: bool
    place: Place


def listed(row: sa.Row[Any]) -> Listed:
    """A row of `SHOWN`."""
    return Listed(
        row.id,
        f"{row.first_name} {row.last_name}".strip(),
        row.e164,
        row.recipient_id,
        row.zip_code,
        row.language,
        row.suppressed_at is not None,
        row.dead_since is not None,
        (row.sort_name, row.folded_first, row.id),
    )


async def list_people(
    session: AsyncSession,
    organization_id: int,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> tuple[Sequence[Listed], bool]:
    """The page behind `after`, or the one before `before`; and whether there is more in that direction."""
    name, first, id_ = before or after or BEGINNING
    rows = await session.execute(
        _BACK if before else _FORWARD,
        {"organization": organization_id, "name": name, "first": first, "id": id_, "limit": limit + 1},
    )
    people = [listed(row) for row in rows]
    page, more = people[:limit], len(people) > limit
    return page[::-1] if before else page, more


async def count_people(session: AsyncSession, organization_id: int) -> int:
    """How many there are; `COUNTED_TO` + 1 for any more than that."""
    counted = await session.scalar(_COUNT, {"organization": organization_id, "most": COUNTED_TO + 1})
    return int(counted or 0)
