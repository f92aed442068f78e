"""Add one person by hand: the same steps as an import, for a single row."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.consent.basis import STATEMENT_OF_ONE, Answer
from textbank.consent.subscribe_many import Candidate, Subscribed, subscribe_many
from textbank.contacts.insert_contacts import Change, insert_contacts
from textbank.contacts.place import five_digits, place_of
from textbank.contacts.read_contacts import NewContact, folded
from textbank.language import N_
from textbank.sms.phone_number import NotANumber, PhoneNumber, parse

LANGUAGES = ("en", "es")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What was typed."""

    first_name: str = ""
    last_name: str = ""
    number: str = ""
    zip_code: str = ""
    email: str = ""
    language: str = "en"

    @property
    def faults(self) -> dict[str, str]:
        """What cannot be used, by field."""
        found = faults_of(self.first_name, self.last_name, self.zip_code, self.email)
        if not self.number.strip():
            found["number"] = N_("Type their phone number: texts go to it.")
        elif isinstance(parse(self.number), NotANumber):
            found["number"] = N_("This is no phone number that can be texted. A US number has ten digits.")
        return found


def faults_of(first_name: str, last_name: str, zip_code: str, email: str) -> dict[str, str]:
    """What is wrong with a person's particulars, by field."""
    found: dict[str, str] = {}
    for name, words in (("first_name", first_name), ("last_name", last_name)):
        if len(words) > _LONGEST:
            found[name] = N_("This name is too long: 100 letters at most.")
    if zip_code.strip() and five_digits(zip_code) is None:
        found["zip_code"] = N_("A ZIP code has five digits. Leave it empty if you do not know it.")
    local, at, domain = email.strip().rpartition("@")
    if email.strip() and not (at and local and "." in domain and len(email) <= 3 * _LONGEST):
        found["email"] = N_("This is no e-mail address. Leave it empty if you do not know it.")
    return found


@dataclass(frozen=True, slots=True)
class Added:
    """What became of it."""

    contact_id: int
    change: Change
    subscribed: Subscribed | None
    """None where no list was chosen."""


@dataclass(frozen=True, slots=True)
class Who:
    """The member who does something, as the ledger names them."""

    actor: str
    name: str
    evidence: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "evidence", {"by": self.actor, "by_name": self.name})


async def add_person(
    session: AsyncSession,
    organization_id: int,
    person: NewPerson,
    *,
    list_id: int | None,
    answer: Answer,
    by: Who,
) -> Added:
    """Add or update them, and put them on the list if one is chosen. The caller has looked at `faults`."""
    number = parse(person.number)
    assert isinstance(number, PhoneNumber)  # noqa: S101 - `faults` said so
    [inserted] = await insert_contacts(session, organization_id, [_as_row(person, number.e164)])
    subscribed: Subscribed | None = None
    if list_id is not None:
        candidate = Candidate(
            inserted.recipient_id,
            inserted.contact_id,
            inserted.suppressed,
            answer.evidence(by=by.actor, by_name=by.name, way="by hand", statement=STATEMENT_OF_ONE),
        )
        [subscribed] = await subscribe_many(session, organization_id, list_id, [candidate])
    audit.record(
        session,
        organization_id,
        "person.added",
        actor=by.actor,
        contact_id=inserted.contact_id,
        list_id=list_id,
    )
    return Added(inserted.contact_id, inserted.change, subscribed)


def _as_row(person: NewPerson, e164: str) -> NewContact:
    first, last = " ".join(person.first_name.split()), " ".join(person.last_name.split())
    place = place_of(person.zip_code or None, e164)
    return NewContact(
        line=0,
        e164=e164,
        place=place.key,
        place_by_zip=place.evidence == "zip",
        external_id=None,
        first_name=first,
        last_name=last,
        zip_code=person.zip_code.strip() or None,
        email=person.email.strip() or None,
        language=person.language if person.language in LANGUAGES else None,
        fields="{}",
        name=folded(first, last),
    )
