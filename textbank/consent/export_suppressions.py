"""Every number that must not be texted, page by page, for a file: newest first."""

from collections.abc import AsyncIterator
from typing import Any, Final

import sqlalchemy as sa

from textbank.database import Database

PAGE: Final = 2_000
HEADER: Final = ("phone", "since", "cause", "reason", "words", "recorded by")

_PAGE = sa.text(
    """
    select s.id, r.e164, s.recorded_at, s.cause, p.payload from suppression s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    left join consent_payload p on p.organization_id = s.organization_id and p.event_id = s.event_id
    where s.organization_id = :organization and s.lifted_at is null and s.id < :before
    order by s.id desc limit :page
    """
)


async def export_suppressions(database: Database, organization_id: int) -> AsyncIterator[list[str]]:
    """A row for each, in short transactions: a file may take minutes to be fetched."""
    before = 2**62
    while True:
        async with database.transaction(organization_id) as session:
            given = {"organization": organization_id, "before": before, "page": PAGE}
            rows = (await session.execute(_PAGE, given)).all()
        for row in rows:
            if row.e164.startswith("+"):  # the number of somebody who was erased is nobody's to read
                yield _cells(row)
        if len(rows) < PAGE:
            return
        before = rows[-1].id


def _cells(row: sa.Row[Any]) -> list[str]:
    said: dict[str, Any] = row.payload or {}
    return [
        row.e164,
        row.recorded_at.isoformat(timespec="seconds"),
        row.cause,
        str(said.get("reason") or ""),
        str(said.get("words") or ""),
        str(said.get("by_name") or ""),
    ]
