"""Write a batch of contacts that were read from a file, in a handful of statements.

Who a row is, `same_person.py` tells. What it says replaces what was known; what it leaves empty stays. A
new number is added to a contact and the old one stays open: that a file has
another number does not say that the first is somebody else's now.

All recipients of the batch are locked until the transaction ends, so that a STOP that comes meanwhile is
seen by it or sees what it wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.place import Place, is_better
from textbank.contacts.read_contacts import NewContact
from textbank.contacts.same_person import People, Person

Change = Literal["added", "updated", "unchanged"]

# Two imports at once would both add a person whom neither finds; they take turns, batch by batch.
_TURN = sa.text("select pg_advisory_xact_lock(hashtextextended('import of contacts', :organization))")
_MAKE_RECIPIENTS = sa.text(
    """
    insert into recipient (organization_id, e164, place)
    select :organization, e164, place
    from unnest(cast(:e164s as text[]), cast(:places as text[])) as given (e164, place) order by e164
    on conflict (organization_id, e164) do nothing returning id, e164, suppressed_at is not null as suppressed
    """
)
_LOCK_RECIPIENTS = sa.text(
    "select id, e164, place, suppressed_at is not null as suppressed from recipient "
    "where organization_id = :organization and e164 = any(cast(:e164s as text[])) "
    "order by id for no key update"
)
_MOVE = sa.text(
    """
    update recipient r set place = given.place
    from unnest(cast(:ids as bigint[]), cast(:places as text[])) as given (id, place)
    where r.organization_id = :organization and r.id = given.id
    """
)
_ON_NUMBERS = sa.text(
    """
    select c.id, c.external_id, c.first_name, c.last_name, n.recipient_id
    from contact_number n
    join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
    where n.organization_id = :organization and n.recipient_id = any(cast(:recipients as bigint[]))
      and n.until is null
    order by n.id
    """
)
_BY_EXTERNAL_ID = sa.text(
    "select id, external_id, first_name, last_name, null as recipient_id from contact "
    "where organization_id = :organization and external_id = any(cast(:external_ids as text[]))"
)
_IDS = sa.text(
    "select array_agg(nextval(pg_get_serial_sequence('contact', 'id'))) "
    "from generate_series(1, cast(:count as int))"
)
_GIVEN = """
    unnest(cast(:ids as bigint[]), cast(:external_ids as text[]), cast(:first_names as text[]),
      cast(:last_names as text[]), cast(:zip_codes as text[]), cast(:emails as text[]),
      cast(:languages as text[]), cast(:fields as text[]))
    as given (id, external_id, first_name, last_name, zip_code, email, language, fields)
"""
_INSERT = sa.text(
    f"""
    insert into contact
      (organization_id, id, external_id, first_name, last_name, zip_code, email, language, fields)
    overriding system value
    select :organization, id, external_id, first_name, last_name, zip_code, email,
      coalesce(language, 'en'), fields::jsonb
    from {_GIVEN}
    """  # noqa: S608 - only constants of this file are put in
)
_UPDATE = sa.text(
    f"""
    update contact c set
      external_id = coalesce(given.external_id, c.external_id),
      first_name = coalesce(nullif(given.first_name, ''), c.first_name),
      last_name = coalesce(nullif(given.last_name, ''), c.last_name),
      zip_code = coalesce(given.zip_code, c.zip_code),
      email = coalesce(given.email, c.email),
      language = coalesce(given.language, c.language),
      fields = c.fields || given.fields::jsonb
    from {_GIVEN}
    where c.organization_id = :organization and c.id = given.id and (
      coalesce(given.external_id <> c.external_id, given.external_id is not null)
      or nullif(given.first_name, '') <> c.first_name or nullif(given.last_name, '') <> c.last_name
      or coalesce(given.zip_code <> c.zip_code, given.zip_code is not null)
      or coalesce(given.email <> c.email, given.email is not null)
      or given.language <> c.language or not c.fields @> given.fields::jsonb)
    returning c.id
    """  # noqa: S608
)
_NUMBER = sa.text(
    """
    insert into contact_number (organization_id, contact_id, recipient_id)
    select :organization, contact_id, recipient_id
    from unnest(cast(:contacts as bigint[]), cast(:recipients as bigint[]))
      as given (contact_id, recipient_id)
    on conflict (organization_id, recipient_id, contact_id) where until is null do nothing
    """
)


@dataclass(frozen=True, slots=True)
class Inserted:
    """What became of one row."""

    recipient_id: int
    contact_id: int
    suppressed: bool
    """Whether the number must not be texted."""
    change: Change


async def insert_contacts(
    session: AsyncSession, organization_id: int, rows: Sequence[NewContact]
) -> list[Inserted]:
    """Add or update the batch's contacts, numbers and recipients; one answer per row, in order."""
    key = {"organization": organization_id}
    await session.execute(_TURN, key)
    recipients, suppressed, old = await _recipients(session, organization_id, rows)
    people = await _known_people(session, organization_id, rows, old)
    persons = [people.person_of(row, recipients[row.e164]) for row in rows]
    added = [person for person in people.met if person.id is None]
    if added:
        ids = (await session.execute(_IDS, {"count": len(added)})).scalar_one()
        for person, made in zip(added, ids, strict=True):
            person.id = made
        await session.execute(_INSERT, key | _columns(added))
    new = set(map(id, added))
    found = [person for person in people.met if id(person) not in new]
    changed: set[int] = set()
    if found:
        changed = set((await session.execute(_UPDATE, key | _columns(found))).scalars())
    if people.numbered:
        pairs = {
            "contacts": [person.id for person, _ in people.numbered],
            "recipients": [recipient for _, recipient in people.numbered],
        }
        await session.execute(_NUMBER, key | pairs)
    answers = []
    moved = {id(person) for person, _ in people.numbered}
    for row, person in zip(rows, persons, strict=True):
        change: Change = "unchanged"
        if id(person) in new:
            change = "added"
            new.discard(id(person))  # a further row about it only adds to it
        elif person.id in changed or id(person) in moved:
            change = "updated"
        recipient = recipients[row.e164]
        answers.append(Inserted(recipient, person.id or 0, recipient in suppressed, change))
    return answers


async def _recipients(
    session: AsyncSession, organization_id: int, rows: Sequence[NewContact]
) -> tuple[dict[str, int], set[int], list[int]]:
    """The batch's recipients by number, made where missing; who is suppressed; who was there before."""
    places: dict[str, str] = {}
    by_zip: dict[str, str] = {}
    for row in rows:
        places.setdefault(row.e164, row.place)
        if row.place_by_zip and not _is_worse(row.place, by_zip.get(row.e164)):
            by_zip[row.e164] = row.place
    given = {
        "organization": organization_id,
        "e164s": list(places),
        "places": [by_zip.get(e164, place) for e164, place in places.items()],
    }
    made = (await session.execute(_MAKE_RECIPIENTS, given)).all()
    ids = {row.e164: row.id for row in made}
    # New, and suppressed all the same: the number of somebody who was erased.
    suppressed = {row.id for row in made if row.suppressed}
    rest = [e164 for e164 in places if e164 not in ids]
    if not rest:
        return ids, suppressed, []
    found = (await session.execute(_LOCK_RECIPIENTS, {"organization": organization_id, "e164s": rest})).all()
    ids |= {row.e164: row.id for row in found}
    # A ZIP code is better evidence than an area code, one of their home than one that they told us, and as
    # good evidence is newer.
    move = [row for row in found if (new := by_zip.get(row.e164)) and not _is_worse(new, row.place)]
    if move:
        await session.execute(
            _MOVE,
            {
                "organization": organization_id,
                "ids": [row.id for row in move],
                "places": [by_zip[row.e164] for row in move],
            },
        )
    return ids, suppressed | {row.id for row in found if row.suppressed}, [row.id for row in found]


def _is_worse(new: str, old: str | None) -> bool:
    """Whether a place's key tells nothing that counts instead of what is known."""
    return new == old or (old is not None and not is_better(Place.from_key(new), Place.from_key(old)))


async def _known_people(
    session: AsyncSession, organization_id: int, rows: Sequence[NewContact], recipients: list[int]
) -> People:
    people = People()
    external_ids = [row.external_id for row in rows if row.external_id]
    if recipients:
        key = {"organization": organization_id, "recipients": recipients}
        for known in await session.execute(_ON_NUMBERS, key):
            people.know(*known)
    if external_ids:
        key_ids = {"organization": organization_id, "external_ids": external_ids}
        for known in await session.execute(_BY_EXTERNAL_ID, key_ids):
            people.know(*known)
    return people


def _columns(persons: Sequence[Person]) -> dict[str, list[object]]:
    said = [person.said for person in persons if person.said is not None]
    return {
        "ids": [person.id for person in persons],
        "external_ids": [row.external_id for row in said],
        "first_names": [row.first_name for row in said],
        "last_names": [row.last_name for row in said],
        "zip_codes": [row.zip_code for row in said],
        "emails": [row.email for row in said],
        "languages": [row.language for row in said],
        "fields": [row.fields for row in said],
    }
