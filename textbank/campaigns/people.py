"""What a text to somebody depends on, read for a batch of people at once."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.words import Person

PERSON_COLUMNS = (
    "r.place, r.e164, p.first_name, p.last_name, coalesce(p.zip_code, '') as zip_code, p.language, p.fields"
)
"""Of a recipient `r` and a contact `p`; what `person_of` reads."""

_PEOPLE = sa.text(
    f"""
    select t.recipient_id, {PERSON_COLUMNS}
    from unnest(cast(:recipients as bigint[]), cast(:contacts as bigint[])) as t (recipient_id, contact_id)
    join recipient r on r.organization_id = :organization and r.id = t.recipient_id
    join contact p on p.organization_id = :organization and p.id = t.contact_id
    """  # noqa: S608 - the interpolated columns are our own constant
)
_DISCLAIMERS = sa.text("select state, words from disclaimer where organization_id = :organization")
_NAME = sa.text("select name from organization where id = :organization")


def person_of(row: sa.Row[tuple[object, ...]]) -> Person:
    """The person in a row that has `PERSON_COLUMNS`."""
    found = row._mapping
    return Person(
        first_name=found["first_name"],
        last_name=found["last_name"],
        zip_code=found["zip_code"],
        language=found["language"],
        place=found["place"],
        e164=found["e164"],
        fields=found["fields"] or {},
    )


async def people(
    session: AsyncSession, organization_id: int, pairs: Sequence[tuple[int, int]]
) -> Mapping[int, Person]:
    """recipient id → person, for (recipient, contact) pairs."""
    rows = await session.execute(
        _PEOPLE,
        {
            "organization": organization_id,
            "recipients": [pair[0] for pair in pairs],
            "contacts": [pair[1] for pair in pairs],
        },
    )
    return {row.recipient_id: person_of(row) for row in rows}


async def disclaimers_of(session: AsyncSession, organization_id: int) -> dict[str, str]:
    """State letters, or empty for all states → words."""
    rows = await session.execute(_DISCLAIMERS, {"organization": organization_id})
    return {row.state: row.words for row in rows}


async def organization_name(session: AsyncSession, organization_id: int) -> str:
    """What the organization is called in its texts."""
    name: str = (await session.execute(_NAME, {"organization": organization_id})).scalar_one()
    return name
