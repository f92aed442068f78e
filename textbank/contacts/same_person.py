"""Who a row of a file is: somebody we know, somebody the file named before, or somebody new.

By its external id, else by its number and name. A contact without a name (a keyword was all we had) is
the one that its number's row names; a row without a name is the only contact of its number. Two
external ids are two people, whatever their name and number.
"""

import json
from dataclasses import dataclass, field, replace

from textbank.contacts.read_contacts import NewContact, folded


@dataclass(slots=True, eq=False)
class Person:
    """A contact as the batch knows it: found, or new with no id yet."""

    id: int | None
    external_id: str | None
    name: str
    said: NewContact | None = None
    """What the batch's rows say of it, together."""
    numbers: set[int] = field(default_factory=set)

    def may_be(self, row: NewContact) -> bool:
        """Whether no external id speaks against it."""
        return not (self.external_id and row.external_id) or self.external_id == row.external_id


class People:
    """Whom a batch may be about: kept up to date while it is read, so that its rows find one another."""

    def __init__(self) -> None:
        self._by_id: dict[int, Person] = {}
        self._by_external_id: dict[str, Person] = {}
        self._on: dict[int, list[Person]] = {}
        self.met: list[Person] = []
        """Each person that a row was about, once."""
        self.numbered: list[tuple[Person, int]] = []
        """(person, recipient) that are not on record yet."""

    def know(
        self, contact_id: int, external_id: str | None, first: str, last: str, recipient_id: int | None
    ) -> None:
        """Add a contact as it is on record, with one of its numbers."""
        person = self._by_id.get(contact_id)
        if person is None:
            person = self._by_id[contact_id] = Person(contact_id, external_id, folded(first, last))
            if external_id:
                self._by_external_id[external_id] = person
        if recipient_id is not None and recipient_id not in person.numbers:
            person.numbers.add(recipient_id)
            self._on.setdefault(recipient_id, []).append(person)

    def person_of(self, row: NewContact, recipient_id: int) -> Person:
        """Whom the row is about, now knowing what it says."""
        person = self._find(row, recipient_id) or Person(None, row.external_id, row.name)
        if person.said is None:
            person.said = row
            self.met.append(person)
        else:
            person.said = _together(person.said, row)
        if row.external_id:
            person.external_id = row.external_id
            self._by_external_id[row.external_id] = person
        person.name = row.name or person.name
        if recipient_id not in person.numbers:
            person.numbers.add(recipient_id)
            self._on.setdefault(recipient_id, []).append(person)
            self.numbered.append((person, recipient_id))
        return person

    def _find(self, row: NewContact, recipient_id: int) -> Person | None:
        if row.external_id and (person := self._by_external_id.get(row.external_id)):
            return person
        here = [person for person in self._on.get(recipient_id, ()) if person.may_be(row)]
        if not here:
            return None
        for wanted in (row.name, ""):
            for person in here:
                if person.name == wanted:
                    return person
        return here[0] if not row.name and len(here) == 1 else None


def _together(older: NewContact, newer: NewContact) -> NewContact:
    """Two rows about one person: what the later one says counts."""
    fields = older.fields
    if newer.fields != fields:
        fields = json.dumps(json.loads(fields) | json.loads(newer.fields), ensure_ascii=False)
    return replace(
        newer,
        external_id=newer.external_id or older.external_id,
        first_name=newer.first_name or older.first_name,
        last_name=newer.last_name or older.last_name,
        zip_code=newer.zip_code or older.zip_code,
        email=newer.email or older.email,
        language=newer.language or older.language,
        fields=fields,
        name=newer.name or older.name,
    )
