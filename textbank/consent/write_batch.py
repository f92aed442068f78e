"""Take a batch of rows: contacts, then their subscriptions. The heart of every import, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.subscribe_many import Candidate, subscribe_many
from textbank.contacts.insert_contacts import insert_contacts
from textbank.contacts.read_contacts import NewContact


async def write_batch(
    session: AsyncSession,
    organization_id: int,
    list_id: int,
    rows: Sequence[NewContact],
    evidence: dict[str, Any] | None,
) -> Counter[str]:
    """What became of the rows, counted: added, updated, unchanged; subscribed, already, opted_out…"""
    if not rows:
        return Counter()
    inserted = await insert_contacts(session, organization_id, rows)
    candidates = [
        Candidate(
            one.recipient_id,
            one.contact_id,
            one.suppressed,
            None if evidence is None else {**evidence, "line": row.line},
        )
        for row, one in zip(rows, inserted, strict=True)
    ]
    became = await subscribe_many(session, organization_id, list_id, candidates)
    return Counter([one.change for one in inserted]) + Counter(became)
