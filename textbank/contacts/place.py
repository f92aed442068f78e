"""Where somebody may be, as far as quiet hours need it: one time zone, or all that are possible.

Best evidence first: the ZIP code of a home, from an address or a file; one that they told us, in a text or
a form; the area code, which only says where a number was once issued; nothing. Whoever asks must suit every
zone named (`messaging.window`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from textbank.contacts.area_codes import STATE_OF_AREA_CODE
from textbank.contacts.zones import ANYWHERE, MORE_ZONES_OF_AREA_CODE, STANDS_FOR, ZIP_CORRECTIONS

Evidence = Literal["zip", "told", "area_code", "unknown"]
RANKING: Final[tuple[Evidence, ...]] = ("zip", "told", "area_code", "unknown")
"""Best first: what is known by better evidence is not replaced by weaker."""

_ZIP = re.compile(r"(\d{5})(?:[- ]?\d{4})?")
# Where an address ends in one: `12 Elm St, Tucson, AZ 85701-1234, USA`.
_ZIP_OF_ADDRESS = re.compile(r"(?:^|[\s,])(\d{5})(?:-\d{4})?(?:[\s,]+U\.?S\.?A?\.?)?[\s.]*$", re.IGNORECASE)
_KEY = re.compile(r"([A-Z]{2})?([~?]?)/(.*)", re.DOTALL)
_MARKS: Final[dict[str, Evidence]] = {"": "zip", "~": "told", "?": "area_code"}
_MARK_OF: Final = {evidence: mark for mark, evidence in _MARKS.items()}
_NORTH_AMERICAN = re.compile(r"\+1(\d{3})\d{7}")
# A longer list is not an answer: it names every zone of the numbering plan, for toll-free numbers.
_TOO_MANY = 20
# Days from 9:00 to 20:00 of zones further apart than this have hardly an hour in common.
_WIDEST_HOURS = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Possible time zones, sorted, by their IANA names; never empty."""

    zones: tuple[str, ...]
    state: str | None
    """USPS letters, as far as the evidence tells; None for what lies outside or is not known."""
    evidence: Evidence

    @property
    def key(self) -> str:
        """What is stored, as in `AZ/America/Phoenix`: the state, if known, a mark unless it is known from the
        ZIP code of a home (`~` told, `?` by area code), and the zones."""
        before = f"{self.state}{_MARK_OF[self.evidence]}" if self.state else ""
        return f"{before}/{'|'.join(self.zones)}"

    @classmethod
    def from_key(cls, key: str) -> "Place":
        """The place of a stored key; UNKNOWN if it names a zone that does not exist any more."""
        match = _KEY.fullmatch(key)
        names = tuple(match[3].split("|")) if match else ()
        if match is None or not _are_usable(names) or names == ANYWHERE:
            return UNKNOWN
        return cls(names, match[1], _MARKS[match[2]] if match[1] else "area_code")


UNKNOWN = Place(ANYWHERE, None, "unknown")


def place_of(zip_code: str | None, e164: str, *, told: str | None = None) -> Place:
    """The place by the best evidence there is. Neither a wrong ZIP code nor a wrong number raises.

    `told` is a ZIP code that they gave themselves, in a text or a form.
    """
    if zip_code and (five := five_digits(zip_code)) and (place := _place_of_zip(five)):
        return place
    if told and (five := five_digits(told)) and (place := _place_of_zip(five)):
        return replace(place, evidence="told")
    match = _NORTH_AMERICAN.fullmatch(e164)
    return _place_of_area_code(match[1]) if match else _place_abroad(e164)


def is_better(new: Place, old: Place) -> bool:
    """Whether a place that we just learnt counts instead of the one we knew: evidence as good is newer."""
    return new != old and RANKING.index(new.evidence) <= RANKING.index(old.evidence)


def zip_of_address(address: str) -> str | None:
    """The ZIP code at the end of a written address."""
    match = _ZIP_OF_ADDRESS.search(address.strip())
    return match[1] if match else None


def five_digits(written: str) -> str | None:
    """A ZIP code's five digits, without the +4, with the zeros that spreadsheets drop; else None."""
    written = written.strip()
    if written.isascii() and written.isdigit() and 3 <= len(written) < 5:
        return written.zfill(5)
    match = _ZIP.fullmatch(written)
    return match[1] if match and match[1].isascii() else None


def zip_places() -> Iterator[tuple[str, Place]]:
    """Every ZIP code with a known place, for filling a table. Takes 100 MB for a moment."""
    import zipcodes

    for entry in zipcodes.list_all():  # type: ignore[no-untyped-call]
        if place := _place_of_entry(entry):
            yield entry["zip_code"], place


@lru_cache(maxsize=50_000)
def _place_of_zip(five: str) -> Place | None:
    # Imported when first asked: its table takes 40 MB, which a process that never reads ZIP codes saves.
    import zipcodes

    # One that is not listed is not guessed from its neighbours: 99999 is what people type who have none.
    entries = zipcodes.matching(five)  # type: ignore[no-untyped-call]
    return _place_of_entry(entries[0]) if entries else None


def _place_of_entry(entry: Mapping[str, str]) -> Place | None:
    zones: Iterable[str] = ZIP_CORRECTIONS.get(entry["zip_code"], (entry["timezone"],))
    if entry["zip_code_type"] == "MILITARY":
        # The mail of one unit, wherever it is; the country is all that is told.
        zones = _zones_of_country(entry["country"])
    return _place(zones, entry["state"], "zip")


@cache
def _place_of_area_code(code: str) -> Place:
    zones = _zones_by_area_code().get(code, set()) | set(MORE_ZONES_OF_AREA_CODE.get(code, ()))
    return _place(zones, STATE_OF_AREA_CODE.get(code), "area_code") or UNKNOWN


@cache
def _zones_by_area_code() -> dict[str, set[str]]:
    """All zones of an area code, not only those of one exchange: numbers are ported between them."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    zones: dict[str, set[str]] = {}
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4 and len(names) < _TOO_MANY:
            zones.setdefault(prefix[1:4], set()).update(names)
    # One exchange is listed under Hawaii for Adak's clock, which stands there by its own name.
    zones["907"].discard("Pacific/Honolulu")
    return zones


@lru_cache(maxsize=10_000)
def _place_abroad(e164: str) -> Place:
    import phonenumbers
    from phonenumbers.timezone import time_zones_for_number

    try:
        names = time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return _place(names, None, "area_code") or UNKNOWN


@cache
def _zones_of_country(letters: str) -> frozenset[str]:
    """The zones of a country that is not the United States, by ISO 3166 letters."""
    if letters in {"", "US"}:
        return frozenset()
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return frozenset(row[2] for row in rows if row[0] == letters)


def _place(zones: Iterable[str], state: str | None, evidence: Evidence) -> Place | None:
    names = set(zones)
    if len(names) > 1:
        names = {STANDS_FOR.get(name, name) for name in names}
    kept = tuple(sorted(names))
    return Place(kept, state, evidence) if _are_usable(kept) else None


@cache
def _are_usable(zones: tuple[str, ...]) -> bool:
    """Whether all of them exist, and their days have an hour in common."""
    if not zones or not set(zones) <= _existing():
        return False
    for month in (1, 7):
        moment = datetime(2026, month, 15, tzinfo=UTC)
        offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones]
        hours = [offset.total_seconds() / 3600 for offset in offsets if offset is not None]
        if max(hours) - min(hours) > _WIDEST_HOURS:
            return False
    return True


@cache
def _existing() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory"})
