"""The names of what entries of the audit log are about, which keep ids alone."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_KINDS: Final[Mapping[str, str]] = {
    "campaign_id": "select id, name from campaign",
    "list_id": "select id, name from contact_list",
    "member_id": "select id, name from member",
    "keyword_id": "select id, word as name from keyword",
    "flow_id": "select id, name from flow",
    "contact_id": "select id, trim(first_name || ' ' || last_name) as name from contact",
    "recipient_id": "select id, e164 as name from recipient",
}

Names = Mapping[str, Mapping[int, str]]


async def name_things(
    session: AsyncSession, organization_id: int, entries: Iterable[Mapping[str, Any]]
) -> Names:
    """By the name of a detail (`campaign_id`): the names of the ids in these details that still exist."""
    wanted: dict[str, set[int]] = {kind: set() for kind in _KINDS}
    for details in entries:
        for kind, ids in wanted.items():
            if isinstance(details.get(kind), int):
                ids.add(details[kind])
    named: dict[str, dict[int, str]] = {}
    for kind, ids in wanted.items():
        if ids:
            rows = await session.execute(
                sa.text(f"{_KINDS[kind]} where organization_id = :organization and id = any(:ids)"),
                {"organization": organization_id, "ids": sorted(ids)},
            )
            named[kind] = {row.id: row.name for row in rows if row.name}
    return named
