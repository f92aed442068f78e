"""Write down what people tell of themselves by text: only what we did not know before."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.place import Place, is_better, place_of

LONGEST_NAME: Final = 60

_ZIP = sa.text(
    "update contact set zip_code = coalesce(nullif(zip_code, ''), :zip) "
    "where organization_id = :organization and id = :contact"
)
_NUMBER = sa.text(
    "select e164, place from recipient where organization_id = :organization and id = :recipient"
)
_MOVE = sa.text(
    "update recipient set place = :place where organization_id = :organization and id = :recipient"
)
_NAME = sa.text(
    "update contact set first_name = :first, last_name = :last "
    "where organization_id = :organization and id = :contact and first_name = '' and last_name = ''"
)
_EMAIL = sa.text(
    "update contact set email = :email "
    "where organization_id = :organization and id = :contact and coalesce(email, '') = ''"
)
_FIELD = sa.text(
    "update contact set fields = fields || jsonb_build_object(cast(:name as text), cast(:value as text)) "
    "where organization_id = :organization and id = :contact"
)


async def learn_zip(
    session: AsyncSession, organization_id: int, *, contact_id: int, recipient_id: int, zip_code: str
) -> bool:
    """Where they live, by themselves: also whose clock their texts go by. False: there is no such ZIP code.

    The caller holds the recipient's row.
    """
    key = {"organization": organization_id, "recipient": recipient_id}
    number = (await session.execute(_NUMBER, key)).one()
    place = place_of(None, number.e164, told=zip_code)
    if place.evidence != "told":
        return False
    given = {"organization": organization_id, "contact": contact_id, "zip": zip_code}
    await session.execute(_ZIP, given)
    if is_better(place, Place.from_key(number.place)):
        await session.execute(_MOVE, key | {"place": place.key})
    return True


async def learn_name(session: AsyncSession, organization_id: int, contact_id: int, name: str) -> None:
    """What they are called."""
    first, _, last = " ".join(name.split())[:LONGEST_NAME].partition(" ")
    key = {"organization": organization_id, "contact": contact_id}
    await session.execute(_NAME, key | {"first": first, "last": last})


async def learn_email(session: AsyncSession, organization_id: int, contact_id: int, email: str) -> None:
    """Where they read mail."""
    key = {"organization": organization_id, "contact": contact_id}
    await session.execute(_EMAIL, key | {"email": email})


async def learn_field(
    session: AsyncSession, organization_id: int, contact_id: int, *, name: str, value: str
) -> None:
    """An answer of theirs; a newer one takes the place of an older."""
    key = {"organization": organization_id, "contact": contact_id}
    await session.execute(_FIELD, key | {"name": name, "value": value})
