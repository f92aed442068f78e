"""Whether an organization's senders are registered with the carriers, and what waits until they are.

US carriers block what an unregistered number sends to groups (10DLC since 31 Aug 2023 at Twilio, toll-free
since 31 Jan 2024). So `campaigns/launch.py` refuses, and permits hold, what such a sender would start.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.connect_carrier_account import Registration
from textbank.errors import NotFound
from textbank.language import N_

_SET = sa.text(
    "update sender s set registration = :state from sender before "
    "where s.organization_id = :organization and s.address = :address "
    "and before.organization_id = s.organization_id and before.id = s.id returning before.registration"
)


async def set_registration(
    session: AsyncSession, organization_id: int, address: str, state: Registration, *, actor: str, why: str
) -> None:
    """Note what the carrier says, or what a person vouches for. A change goes into the audit log."""
    key = {"organization": organization_id, "address": address, "state": state}
    before = (await session.execute(_SET, key)).scalar_one_or_none()
    if before is None:
        raise NotFound(N_("There is no such number here. Nothing was changed."))
    if before != state:
        audit.record(
            session,
            organization_id,
            "sender.registration",
            actor=actor,
            address=address,
            before=before,
            now=state,
            why=why,
        )
