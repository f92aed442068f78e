"""Subscribe a contact's number to a list on a recorded basis."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger

_SUBSCRIBE = sa.text(
    """
    insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id)
    values (:organization, :list, :contact, :recipient, 'subscribed', :event)
    on conflict (organization_id, list_id, recipient_id, contact_id) do update
      set state = 'subscribed', basis_event_id = excluded.basis_event_id, since = now()
    """
)


async def record_basis(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    contact_id: int,
    list_id: int,
    evidence: dict[str, Any],
) -> int:
    """Write the basis to the ledger and the subscription that rests on it; returns the ledger row."""
    event = await ledger.append(
        session, organization_id, recipient_id, "subscribed", {"list_id": list_id, **evidence}
    )
    await session.execute(
        _SUBSCRIBE,
        {
            "organization": organization_id,
            "list": list_id,
            "contact": contact_id,
            "recipient": recipient_id,
            "event": event,
        },
    )
    return event
