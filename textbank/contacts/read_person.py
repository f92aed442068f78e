"""One person as we know them: particulars, numbers over time, and who shares these numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.models import Contact
from textbank.errors import NotFound
from textbank.language import N_

_NUMBERS = sa.text(
    """
    select r.id, r.e164, r.place, r.suppressed_at, r.review_since, r.dead_since, n.since, n.until,
      case when r.rests_until > now() then r.rests_until end as rests_until, r.less_since,
      array(select o.contact_id from contact_number o where o.organization_id = n.organization_id
        and o.recipient_id = n.recipient_id and o.contact_id <> n.contact_id and o.until is null
        order by o.contact_id limit 20) as others
    from contact_number n
    join recipient r on r.organization_id = n.organization_id and r.id = n.recipient_id
    where n.organization_id = :organization and n.contact_id = :contact
    order by n.until is not null, n.id limit 50
    """
)
_NAMES = sa.text(
    "select id, first_name, last_name from contact "
    "where organization_id = :organization and id = any(cast(:ids as bigint[]))"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the person has or had."""

    recipient_id: int
    e164: str
    place: str
    suppressed_at: datetime | None
    review_since: datetime | None
    dead_since: datetime | None
    since: datetime
    until: datetime | None
    shared_with: Sequence[tuple[int, str]]
    """(contact, name) of others with the same number."""
    rests_until: datetime | None = None
    less_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with their numbers, the present one first."""

    id: int
    first_name: str
    last_name: str
    zip_code: str | None
    email: str | None
    language: str
    fields: dict[str, Any]
    numbers: Sequence[Number]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def number(self) -> Number | None:
        """The one that they are texted at."""
        return next((each for each in self.numbers if each.until is None), None)


async def read_person(session: AsyncSession, organization_id: int, contact_id: int) -> Person:
    """Look somebody up. Raises NotFound."""
    contact = await session.get(Contact, (organization_id, contact_id))
    if contact is None:
        raise NotFound(N_("There is no such person. They may have been removed."))
    key = {"organization": organization_id, "contact": contact_id}
    rows = (await session.execute(_NUMBERS, key)).all()
    others = sorted({other for row in rows for other in row.others})
    names: dict[int, str] = {}
    if others:
        found = await session.execute(_NAMES, {"organization": organization_id, "ids": others})
        names = {row.id: f"{row.first_name} {row.last_name}".strip() for row in found}
    numbers = [
        Number(
            row.id,
            row.e164,
            row.place,
            row.suppressed_at,
            row.review_since,
            row.dead_since,
            row.since,
            row.until,
            [(other, names.get(other, "")) for other in row.others],
            row.rests_until,
            row.less_since,
        )
        for row in rows
    ]
    return Person(
        contact.id,
        contact.first_name,
        contact.last_name,
        contact.zip_code,
        contact.email,
        contact.language,
        contact.fields,
        numbers,
    )
