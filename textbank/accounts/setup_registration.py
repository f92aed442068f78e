"""Whether an organization's senders are registered with the carriers, and what waits until they are.

US carriers block what an unregistered number sends to groups (10DLC since 31 Aug 2023 at Twilio, toll-free
since 31 Jan 2024). A campaign launched anyway would only be thrown away, text by text, and be paid for.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.connect_carrier_account import Registration
from textbank.errors import Conflict, NotFound
from textbank.language import N_

_ANY = sa.text(
    "select bool_or(registration = 'registered') as registered, bool_or(registration = 'pending') as pending "
    "from sender where organization_id = :organization and halted_at is null"
)
_SET = sa.text(
    "update sender s set registration = :state from sender before "
    "where s.organization_id = :organization and s.address = :address "
    "and before.organization_id = s.organization_id and before.id = s.id returning before.registration"
)


async def require_registered(session: AsyncSession, organization_id: int) -> None:
    """Raise Conflict where nothing that we start could leave, because no sender is registered."""
    found = (await session.execute(_ANY, {"organization": organization_id})).one()
    if found.registered or found.registered is None:  # without any sender, the launch says that
        return
    if found.pending:
        raise Conflict(
            N_(
                "Your number's registration with the carriers is still being looked at, and until it is "
                "approved they would block this. Nothing was sent; everything is kept. Answers and replies "
                "leave meanwhile. Look again under Settings, Setting up."
            )
        )
    raise Conflict(
        N_(
            "Your number is not registered with the carriers, and they would block this. Nothing was sent; "
            "everything is kept. Settings, Registration says what to register and what it costs. Answers and "
            "replies leave meanwhile."
        )
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
