"""What a flow knows of the person whom it talks with, read when it goes on."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.document import Member
from textbank.flows.walk import Facts

_PERSON = sa.text(
    """
    select c.id, c.first_name, c.last_name, c.zip_code, c.email, c.language, c.fields
    from contact_number n
    join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
    where n.organization_id = :organization and n.recipient_id = :recipient and n.until is null
    order by n.id limit 1
    """
)
_MEMBER = sa.text(
    """
    select count(*) > 0 as ever, coalesce(bool_or(state = 'subscribed'
      and (list_id = :list or cast(:list as bigint) is null)), false) as present
    from subscription where organization_id = :organization and recipient_id = :recipient
      and state in ('subscribed', 'unsubscribed')
    """
)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a flow talks with."""

    contact_id: int | None
    first_name: str
    language: str
    known: frozenset[str]
    fields: dict[str, str]

    def facts(self, language: str, member: str, answers: dict[str, Any]) -> Facts:
        """The same for a walk."""
        return Facts(language, member, self.known, self.fields, dict(answers))


async def read_person_of_flow(session: AsyncSession, organization_id: int, recipient_id: int) -> Person:
    """The number's contact; nobody yet is somebody of whom nothing is known."""
    key = {"organization": organization_id, "recipient": recipient_id}
    row = (await session.execute(_PERSON, key)).one_or_none()
    if row is None:
        return Person(None, "", "en", frozenset(), {})
    known = {"zip": row.zip_code, "name": row.first_name or row.last_name, "email": row.email}
    return Person(
        row.id,
        row.first_name,
        row.language,
        frozenset(what for what, value in known.items() if value),
        {name: value for name, value in row.fields.items() if isinstance(value, str)},
    )


async def member_of(
    session: AsyncSession, organization_id: int, recipient_id: int, list_id: int | None
) -> Member:
    """New here, back again, or present on the list (on any, where none is named). Asked before they join."""
    key = {"organization": organization_id, "recipient": recipient_id, "list": list_id}
    row = (await session.execute(_MEMBER, key)).one()
    return "present" if row.present else "returning" if row.ever else "new"
