"""Change what is known of a person."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.contacts.place import place_of

_EDIT = sa.text(
    """
    update contact set first_name = :first_name, last_name = :last_name, zip_code = :zip_code,
      email = :email, language = :language
    where organization_id = :organization and id = :contact returning id
    """
)
_NUMBERS = sa.text(
    """
    select r.id, r.e164, r.place from contact_number n
    join recipient r on r.organization_id = n.organization_id and r.id = n.recipient_id
    where n.organization_id = :organization and n.contact_id = :contact and n.until is null
    order by r.id for no key update of r
    """
)
_MOVE = sa.text(
    "update recipient set place = :place where organization_id = :organization and id = :recipient"
)


async def edit_person(
    session: AsyncSession,
    organization_id: int,
    contact_id: int,
    *,
    actor: str,
    first_name: str,
    last_name: str,
    zip_code: str,
    email: str,
    language: str,
) -> None:
    """Write the new particulars. A ZIP code also tells by whose clock their numbers may be texted."""
    key = {"organization": organization_id, "contact": contact_id}
    given = {
        "first_name": " ".join(first_name.split()),
        "last_name": " ".join(last_name.split()),
        "zip_code": zip_code.strip() or None,
        "email": email.strip() or None,
        "language": language,
    }
    if (await session.execute(_EDIT, key | given)).scalar_one_or_none() is None:
        return
    for number in (await session.execute(_NUMBERS, key)).all():
        place = place_of(given["zip_code"], number.e164)
        if place.evidence == "zip" and place.key != number.place:
            await session.execute(
                _MOVE, {"organization": organization_id, "recipient": number.id, "place": place.key}
            )
    audit.record(session, organization_id, "person.edited", actor=actor, contact_id=contact_id)
