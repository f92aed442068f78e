"""Everything the ledger holds about one number, oldest first."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_HISTORY = sa.text(
    """
    select e.id, e.kind, e.recorded_at, l.position, l.head, p.payload, r.suppressed_at
    from recipient r
    left join consent_event e on e.organization_id = r.organization_id and e.recipient_id = r.id
    left join consent_link l on l.organization_id = e.organization_id and l.event_id = e.id
    left join consent_payload p on p.organization_id = e.organization_id and p.event_id = e.id
    where r.organization_id = :organization and r.e164 = :e164 order by e.id
    """
)


async def history(session: AsyncSession, organization_id: int, e164: str) -> Sequence[sa.Row[Any]]:
    """The number's events with their places in the chain; one row without an event if there are none."""
    return (await session.execute(_HISTORY, {"organization": organization_id, "e164": e164})).all()
