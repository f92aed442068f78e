"""Staff opt a number out, for a reason on record."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out
from textbank.consent.undo_opt_out import reason_of
from textbank.errors import NotFound
from textbank.language import N_

_LOCK = sa.text(
    "select suppressed_at from recipient where organization_id = :organization and id = :recipient for update"
)


async def staff_opt_out(
    session: AsyncSession, organization_id: int, recipient_id: int, *, reason: str, by: Who
) -> None:
    """Forbid everything to a number because staff say so."""
    reason = reason_of(reason)
    key = {"organization": organization_id, "recipient": recipient_id}
    if (await session.execute(_LOCK, key)).one_or_none() is None:
        raise NotFound(N_("There is no such number. Nothing was changed."))
    await opt_out(session, organization_id, recipient_id, "staff", evidence={"reason": reason, **by.evidence})
