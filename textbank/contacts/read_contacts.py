"""Turn the records of a table into contacts, or into a sentence on why one was not taken."""

import json
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from textbank.contacts.map_columns import Columns, PhoneColumn
from textbank.contacts.place import five_digits, place_of, zip_of_address, zip_places
from textbank.contacts.read_csv import Row, Table, Unreadable
from textbank.sms.phone_number import NotANumber, parse

Cause = Literal["no number", "not a number", "duplicate", "unreadable"]

LANGUAGES: Final = {
    "english": "en", "inglés": "en", "ingles": "en", "spanish": "es", "español": "es", "espanol": "es",
    "chinese": "zh", "mandarin": "zh", "cantonese": "zh", "vietnamese": "vi", "korean": "ko", "arabic": "ar",
    "tagalog": "tl", "french": "fr", "haitian creole": "ht", "portuguese": "pt", "russian": "ru",
}  # fmt: skip
_json = json.JSONEncoder(ensure_ascii=False).encode
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z]{2,4})?")
_SCIENTIFIC = re.compile(r"\s*\d(?:[.,]\d+)?[Ee]\+?\d+\s*")
_ADDRESSES: Final = (
    "address", "fulladdress", "homeaddress", "residence", "residentialaddress", "mailingaddress", "dirección",
    "direccion", "domicilio",
)  # fmt: skip
_TOLD_ZIPS: Final = (
    "toldzip",
    "ziptold",
    "zipanswer",
    "zipbytext",
    "zipfromtext",
    "zipbyform",
    "zipfromform",
)
_SAYS_YES: Final = frozenset({"1", "y", "yes", "t", "true", "sí", "si"})


@dataclass(frozen=True, slots=True)
class NewContact:
    """A row as a contact: everything checked, nothing looked up."""

    line: int
    e164: str
    place: str
    """`Place.key`."""
    place_by_zip: bool
    """Whether a ZIP code gave the place, of their home or one that they told us."""
    external_id: str | None
    first_name: str
    last_name: str
    zip_code: str | None
    email: str | None
    language: str | None
    fields: str
    """Custom fields, as JSON."""
    name: str
    """The name as it is compared."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A row that was left out, and why, as the end of a sentence about it."""

    line: int
    cause: Cause
    reason: str
    fields: list[str]
    raw: str = ""
    """The line as it stands, where it has no fields."""


def folded(first_name: str, last_name: str) -> str:
    """A name for comparing: letters' case and spaces do not matter; empty where there is none."""
    return " ".join(f"{first_name} {last_name}".casefold().split())


def read_contacts(table: Table, columns: Columns, region: str = "US") -> Iterator[NewContact | NotTaken]:
    """Every record of the table, in order, as one or the other."""
    seen = _Seen()
    width = len(columns.header)
    for row in table:
        if isinstance(row, Unreadable):
            yield NotTaken(row.line, "unreadable", row.reason, [], row.raw)
            continue
        if len(row.fields) > width and any(row.fields[width:]):
            reason = f"has {len(row.fields)} fields, but the first line names {width}"
            # Nobody knows which of them is one too many, so none is put under a name.
            yield NotTaken(row.line, "unreadable", reason, [], " | ".join(row.fields))
            continue
        contact = _contact(row, columns, region)
        if isinstance(contact, NewContact):
            before = seen.line_of(hash((contact.e164, contact.name)), row.line)
            if before is not None:
                reason = f"has the same number and name as line {before}"
                contact = NotTaken(row.line, "duplicate", reason, row.fields)
        yield contact


def _contact(row: Row, columns: Columns, region: str) -> NewContact | NotTaken:
    cells = row.fields
    if len(cells) < len(columns.header):
        cells = cells + [""] * (len(columns.header) - len(cells))
    raw, country = _number(cells, columns.phones)
    if not raw:
        return NotTaken(row.line, "no number", "has no phone number", row.fields)
    number = parse(raw, country or region)
    if isinstance(number, NotANumber):
        reason = f"the number {raw[:40]!r} {number.reason}"
        if _SCIENTIFIC.fullmatch(raw):
            reason = (
                f"the number {raw!r} was rounded by a spreadsheet, so its last digits are lost; "
                "format the column as text and export it again"
            )
        return NotTaken(row.line, "not a number", reason, row.fields)
    known = columns.known
    zip_code = _cell(cells, known.get("zip_code"))
    place, by_zip = _place(zip_code, number.e164, *_other_evidence(cells, columns.fields))
    fields = {name: value for index, name in columns.fields if (value := cells[index].strip())}
    spoken = _cell(cells, known.get("language"))
    language = _language(spoken) if spoken else None
    if spoken and language is None:
        fields[columns.header[known["language"]]] = spoken
    first, last = _cell(cells, known.get("first_name")), _cell(cells, known.get("last_name"))
    return NewContact(
        line=row.line,
        e164=number.e164,
        place=place,
        place_by_zip=by_zip,
        external_id=_cell(cells, known.get("external_id")) or None,
        first_name=first,
        last_name=last,
        zip_code=zip_code or None,
        email=_cell(cells, known.get("email")) or None,
        language=language,
        fields=_json(fields) if fields else "{}",
        name=folded(first, last),
    )


def _number(cells: list[str], phones: tuple[PhoneColumn, ...]) -> tuple[str, str]:
    """The best number of a row and its country's letters, if said."""
    for phone in phones:
        raw = cells[phone.index].strip()
        if not raw:
            continue
        if phone.says_cell is not None and cells[phone.says_cell].strip().casefold() not in _SAYS_YES:
            continue
        country = "" if phone.country is None else cells[phone.country].strip().upper()
        return raw, country if len(country) == 2 and country.isascii() and country.isalpha() else ""
    return "", ""


def _cell(cells: list[str], index: int | None) -> str:
    return "" if index is None else cells[index].strip()


def _other_evidence(cells: list[str], fields: tuple[tuple[int, str], ...]) -> tuple[str, str]:
    """An address, and a ZIP code that they told us, of the custom fields; empty where there is none."""
    address, told = _evidence_columns(fields)
    return _cell(cells, address), _cell(cells, told)


@lru_cache(maxsize=64)
def _evidence_columns(fields: tuple[tuple[int, str], ...]) -> tuple[int | None, int | None]:
    found = {"".join(filter(str.isalnum, name.casefold())): index for index, name in reversed(fields)}
    address = next((found[name] for name in _ADDRESSES if name in found), None)
    return address, next((found[name] for name in _TOLD_ZIPS if name in found), None)


def _place(zip_code: str, e164: str, address: str = "", told: str = "") -> tuple[str, bool]:
    """The key of `place_of`, and whether a ZIP code gave it."""
    for home in (zip_code, address and zip_of_address(address)):
        if home and (five := five_digits(home)) and (key := _zip_keys().get(five)):
            return key, True
    if told and five_digits(told):
        place = place_of(None, e164, told=told)
        return place.key, place.evidence == "told"
    # Of a North American number only the area code counts.
    return _place_by_number(f"{e164[:5]}0000000" if e164.startswith("+1") else e164), False


@lru_cache(maxsize=10_000)
def _place_by_number(e164: str) -> str:
    return place_of(None, e164).key


@cache
def _zip_keys() -> dict[str, str]:
    """All of them at once, in 0.2 s; `place_of` asks the library, which searches half a millisecond each."""
    return {zip_code: place.key for zip_code, place in zip_places()}


@lru_cache(maxsize=1_000)
def _language(written: str) -> str | None:
    plain = written.casefold()
    if plain in LANGUAGES:
        return LANGUAGES[plain]
    code = _CODE.fullmatch(plain)
    return code[1] if code else None


class _Seen:
    """On which line a 64-bit key was first seen, at 12 to 36 bytes a key: a dict would take a hundred.

    Two different keys are one with a chance of one in 30 million for a file of a million rows.
    """

    def __init__(self) -> None:
        self._grow(1 << 12)
        self._count = 0

    def line_of(self, key: int, line: int) -> int | None:
        """The line of an equal key; else None, and `line` is remembered as its line."""
        slot = key & self._mask
        while (before := self._lines[slot]) != 0:
            if self._keys[slot] == key:
                return before
            slot = (slot + 1) & self._mask
        self._keys[slot], self._lines[slot] = key, line
        self._count += 1
        if self._count * 3 > self._mask * 2:
            keys, lines = self._keys, self._lines
            self._grow((self._mask + 1) * 2)
            for old, known in zip(keys, lines, strict=True):
                if known:
                    self._put(old, known)
        return None

    def _put(self, key: int, line: int) -> None:
        slot = key & self._mask
        while self._lines[slot]:
            slot = (slot + 1) & self._mask
        self._keys[slot], self._lines[slot] = key, line

    def _grow(self, slots: int) -> None:
        self._mask = slots - 1
        self._keys = array("q", bytes(8 * slots))
        self._lines = array("L" if array("L").itemsize == 4 else "I", bytes(4 * slots))
