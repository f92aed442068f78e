"""Which column of somebody's table means what, by the names that texting tools and VAN give them.

Case, spaces and punctuation of a name do not matter. What is not known here is kept as a custom field.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from textbank.errors import InvalidInput
from textbank.sms.phone_number import PhoneNumber, parse

# Best first: a row's number is the first of these columns that has something in it. A plain "id" is no
# external id: in other tools' exports it numbers the row, and would make a new person of everybody.
_SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "phone": (
        "cell", "cellphone", "cellphonenumber", "cellnumber", "mobile", "mobilephone", "mobilenumber",
        "mobilephonenumber", "optinphone", "smsphone", "smsnumber", "phone", "phonenumber", "preferredphone",
        "telephone", "telephonenumber", "tel", "number", "primaryphone", "phone1", "celular", "telefono",
        "teléfono", "móvil", "movil", "homephone", "workphone",
    ),
    "external_id": (
        "externalid", "vanid", "voterfilevanid", "myvotersvanid", "voterid", "statevoterid", "memberid",
        "supporterid",
    ),
    "first_name": ("firstname", "first", "fname", "givenname", "fn", "nombre", "name"),
    "last_name": ("lastname", "last", "lname", "surname", "familyname", "ln", "apellido", "apellidos"),
    "zip_code": (
        "zip", "zipcode", "zip5", "postalcode", "ziporpostal", "zippostal", "postcode", "sbzipcode",
        "mailingzip", "homezip", "códigopostal", "codigopostal",
    ),
    "email": ("email", "emailaddress", "mail", "correo", "correoelectrónico", "correoelectronico"),
    "language": ("language", "preferredlanguage", "lang", "idioma", "languagepreference"),
}  # fmt: skip
# Home and work numbers, and VAN's preferred one, count where the file itself says that they are cell phones.
_SAYS_CELL: Final = {
    "phone": "isphoneacellexchange",
    "homephone": "ishomephoneacellexchange",
    "workphone": "isworkphoneacellexchange",
}
_ONLY_IF_CELL: Final = frozenset({"homephone", "workphone"})
NAMES: Final = tuple(_SYNONYMS)
GUESS: Final = "guess"
"""In place of a column's index: whichever of the columns with numbers suits a row best."""
OURS: Final = "not taken: "
"""Begins the columns that our own report of rows not taken adds, so that the report can be imported."""


@dataclass(frozen=True, slots=True)
class PhoneColumn:
    """A column with numbers."""

    index: int
    says_cell: int | None = None
    """The column that says yes where this one holds a cell phone; others are then passed over."""
    country: int | None = None
    """The column with the two letters of its country."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where everything stands in a row."""

    header: tuple[str, ...]
    phones: tuple[PhoneColumn, ...]
    known: Mapping[str, int]
    """`first_name` and so on: the index of the column."""
    fields: tuple[tuple[int, str], ...] = field(default=())
    """The columns that are kept as custom fields, each under a name of its own."""


def recognised(header: Sequence[str]) -> int:
    """How many of these names mean something to us; 100 more if one of them is a phone's."""
    plain = {_plain(name) for name in header}
    count = sum(not plain.isdisjoint(names) for names in _SYNONYMS.values())
    return count + 100 * (not plain.isdisjoint(_SYNONYMS["phone"]))


def map_columns(header: Sequence[str], chosen: Mapping[str, str] | None = None) -> Columns:
    """Find what is needed in a header. `chosen` names columns by what they mean: `{"phone": "Cell"}`.

    Raises InvalidInput where no column has phone numbers, or a chosen one is not there.
    """
    plain = [_plain(name) for name in header]
    fixed = {what: _chosen(header, what, name) for what, name in (chosen or {}).items()}
    taken = set(fixed.values())
    known = {what: index for what, index in fixed.items() if what != "phone"}
    for what, names in _SYNONYMS.items():
        free = {name: index for index, name in reversed(list(enumerate(plain))) if index not in taken}
        found = next((free[name] for name in names if name in free), None)
        if what not in fixed and what != "phone" and found is not None:
            known[what] = found
            taken.add(found)
    phones = (PhoneColumn(fixed["phone"]),) if "phone" in fixed else _phones(plain, taken)
    if not phones:
        raise InvalidInput(_no_phone(header))
    used = set(known.values())
    # A single column of numbers is wholly used; where there are several, each number is worth keeping.
    if len(phones) == 1:
        used.add(phones[0].index)
    return Columns(tuple(header), phones, known, _custom(header, used))


def guess_columns(header: Sequence[str]) -> dict[str, int | str]:
    """What each column seems to be: its index by meaning; `GUESS` where several columns have numbers."""
    plain = [_plain(name) for name in header]
    found: dict[str, int | str] = {}
    taken: set[int] = set()
    for what, names in _SYNONYMS.items():
        index = next((plain.index(name) for name in names if name in plain), None)
        if what != "phone" and index is not None and index not in taken:
            found[what] = index
            taken.add(index)
    phones = _phones(plain, taken)
    if phones:
        plainly = len(phones) == 1 and phones[0].says_cell is None and phones[0].country is None
        found["phone"] = phones[0].index if plainly else GUESS
    return found


def columns_from(header: Sequence[str], chosen: Mapping[str, int | str]) -> Columns:
    """Columns as somebody chose them, by index; every other one is kept as a custom field."""
    known = {what: int(index) for what, index in chosen.items() if what != "phone"}
    phones: tuple[PhoneColumn, ...]
    if chosen["phone"] == GUESS:
        phones = _phones([_plain(name) for name in header], set(known.values()))
    else:
        phones = (PhoneColumn(int(chosen["phone"])),)
    used = set(known.values()) | ({phones[0].index} if len(phones) == 1 else set())
    return Columns(tuple(header), phones, known, _custom(header, used))


def looks_like_a_contact(header: Sequence[str]) -> bool:
    """Whether the first line is somebody already, instead of the columns' names."""
    return any(isinstance(parse(name), PhoneNumber) for name in header)


def _phones(plain: Sequence[str], taken: set[int]) -> tuple[PhoneColumn, ...]:
    found = []
    for name in _SYNONYMS["phone"]:
        if name not in plain or (index := plain.index(name)) in taken:
            continue
        says = _index(plain, _SAYS_CELL.get(name, ""))
        if says is None and name in _ONLY_IF_CELL:
            continue
        found.append(PhoneColumn(index, says, _index(plain, f"{name}countrycode")))
    return tuple(found)


def _custom(header: Sequence[str], used: set[int]) -> tuple[tuple[int, str], ...]:
    names: set[str] = set()
    custom = []
    for index, written in enumerate(header):
        if index in used or written.startswith(OURS):
            continue
        name = first = written or f"column {index + 1}"
        more = 1
        while name in names:
            more += 1
            name = f"{first} ({more})"
        names.add(name)
        custom.append((index, name))
    return tuple(custom)


def _chosen(header: Sequence[str], what: str, name: str) -> int:
    if what not in _SYNONYMS:
        raise InvalidInput(
            f"There is no {what!r} to map a column to. Nothing was imported. Say one of: {', '.join(NAMES)}."
        )
    for index, written in enumerate(header):
        if written == name or _plain(written) == _plain(name) != "":
            return index
    raise InvalidInput(
        f"The file has no column {name!r}. Nothing was imported. Its columns are: {_listed(header)}."
    )


def _no_phone(header: Sequence[str]) -> str:
    if looks_like_a_contact(header):
        return (
            "The first line of the file is a contact, but it should name the columns. Nothing was imported. "
            "Put a line above it, such as: phone, first name, last name, zip."
        )
    return (
        f"No column of the file is named as phone numbers are. Nothing was imported. Its columns are: "
        f"{_listed(header)}. Say which one holds the numbers, as in: --map phone={header[0]!r}"
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in header[:40])
    return f"{shown} and {len(header) - 40} more" if len(header) > 40 else shown


def _index(plain: Sequence[str], name: str) -> int | None:
    return plain.index(name) if name and name in plain else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
