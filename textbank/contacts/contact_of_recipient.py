"""The contact behind a number; made, without a name, where there is none yet."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# A shared number has several contacts; what its holder texts is put down to the one known longest.
LANGUAGE_OF: Final = (
    "(select c.language from contact_number n join contact c on c.organization_id = n.organization_id "
    "and c.id = n.contact_id where n.organization_id = :organization and n.recipient_id = {recipient} "
    "and n.until is null order by n.id limit 1)"
)
"""A part of a statement: the language of a recipient's contact, null where there is none."""
_FIND_OR_MAKE = sa.text(
    """
    with known as (
      select contact_id from contact_number where organization_id = :organization
        and recipient_id = :recipient and until is null order by id limit 1),
    made as (
      insert into contact (organization_id, language)
      select :organization, :language where not exists (select from known) returning id),
    numbered as (
      insert into contact_number (organization_id, contact_id, recipient_id)
      select :organization, id, :recipient from made)
    select contact_id from known union all select id from made
    """
)


async def contact_of_recipient(
    session: AsyncSession, organization_id: int, recipient_id: int, language: str = "en"
) -> int:
    """The id of the recipient's contact. The caller holds the recipient's row, so no second is made."""
    contact_id: int = (
        await session.execute(
            _FIND_OR_MAKE,
            {"organization": organization_id, "recipient": recipient_id, "language": language},
        )
    ).scalar_one()
    return contact_id
