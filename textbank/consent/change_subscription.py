"""Staff put one number on a list, on a basis they record, or take it off one."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger
from textbank.consent.add_person import Who
from textbank.consent.basis import STATEMENT_OF_ONE, Answer
from textbank.consent.record_basis import record_basis
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

_LOCK = sa.text(
    """
    select r.id, r.suppressed_at from recipient r
    join contact_number n on n.organization_id = r.organization_id and n.recipient_id = r.id
    where r.organization_id = :organization and r.id = :recipient and n.contact_id = :contact
      and n.until is null for no key update of r
    """
)
_LIST = sa.text("select id from contact_list where organization_id = :organization and id = :list")
_LEAVE = sa.text(
    "update subscription set state = 'unsubscribed', since = now() where organization_id = :organization "
    "and recipient_id = :recipient and list_id = :list and state <> 'unsubscribed' returning id"
)


async def subscribe_person(
    session: AsyncSession,
    organization_id: int,
    *,
    contact_id: int,
    recipient_id: int,
    list_id: int,
    answer: Answer,
    by: Who,
) -> None:
    """Put them on a list. Only with a basis, and never past an opt-out of the number."""
    key = {"organization": organization_id, "contact": contact_id, "recipient": recipient_id, "list": list_id}
    number = (await session.execute(_LOCK, key)).one_or_none()
    if number is None or (await session.execute(_LIST, key)).one_or_none() is None:
        raise NotFound(N_("There is no such list or number. Nothing was changed."))
    if number.suppressed_at is not None:
        raise Conflict(
            N_(
                "This number is opted out, so it can be on no list. Nothing was changed. "
                "They text START first."
            )
        )
    evidence = answer.evidence(by=by.actor, by_name=by.name, way="by hand", statement=STATEMENT_OF_ONE)
    if evidence is None:
        raise InvalidInput(N_("Without a basis nobody is put on a list. Nothing was changed."))
    await record_basis(
        session,
        organization_id,
        recipient_id=recipient_id,
        contact_id=contact_id,
        list_id=list_id,
        evidence=evidence,
    )


async def leave_list(
    session: AsyncSession, organization_id: int, *, recipient_id: int, list_id: int, by: Who
) -> bool:
    """Take the number off one list, for all who share it; false where it was not on it."""
    key = {"organization": organization_id, "recipient": recipient_id, "list": list_id}
    left = (await session.execute(_LEAVE, key)).all()
    if left:
        await ledger.append(
            session, organization_id, recipient_id, "unsubscribed", {"list_id": list_id, **by.evidence}
        )
    return bool(left)
