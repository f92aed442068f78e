"""What a person typed or exported, as an E.164 number, or a sentence on why it is none.

`phonenumbers` decides; but at 60 µs a number it would cost an import of 100,000 rows six seconds.
So numbers written in one of the usual North American ways take a shorter road: one regular expression
built from the library's own patterns for every country of +1, which gives the same answer (tested).
"""

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

_NORTH_AMERICA = 1
_DIGITS_OF_A_NORTH_AMERICAN_NUMBER = 10

_USUAL = re.compile(
    r"\s*(?:\+?1[-. ]?)?(?:\(([2-9][0-9]{2})\) ?|([2-9][0-9]{2})[-. ]?)([0-9]{3})[-. ]?([0-9]{4})\s*",
    re.ASCII,
)
# A spreadsheet that took the column for numbers exports 4155550123 as 4155550123.0.
_SPREADSHEET = re.compile(r"\s*([0-9]{10,11})\.0\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that exists in its country's plan."""

    e164: str


@dataclass(frozen=True, slots=True)
class NotANumber:
    """Not a number that can be texted."""

    reason: str
    """The rest of a sentence that begins with the field, as in "has 9 digits, a US number has 10"."""


def parse(raw: str, region: str = "US") -> PhoneNumber | NotANumber:
    """Read a number as somebody in `region` (two letters, upper case) would dial it, or in E.164."""
    if (spreadsheet := _SPREADSHEET.fullmatch(raw)) is not None:
        raw = spreadsheet[1]
    if region in _north_american_regions() and (usual := _USUAL.fullmatch(raw)) is not None:
        digits = f"{usual[1] or usual[2]}{usual[3]}{usual[4]}"
        if _north_american_plan().fullmatch(digits) is not None:
            return PhoneNumber(f"+1{digits}")
        return NotANumber(_not_in_the_plan(digits))
    return _parse_unusual(raw, region)


def national(e164: str) -> str:
    """The number as people at home write it: (415) 555-0123; other countries with their code.

    What is not E.164 (a short code, a sender's name) comes back as it is.
    """
    if len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parse_unusual(raw: str, region: str) -> PhoneNumber | NotANumber:
    if not raw.strip():
        return NotANumber("is empty")
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return NotANumber(_wrong_length(raw, region) or "is not a phone number")
    reason = _why_not(number, raw, region)
    if reason is not None:
        return NotANumber(reason)
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _why_not(number: phonenumbers.PhoneNumber, raw: str, region: str) -> str | None:
    if number.extension:
        return f"has an extension ({number.extension}), which cannot be texted"
    if any(character.isalpha() for character in raw):
        # The library would read O as 6, as a telephone's keys do; in a list it is a slip of the pen.
        return "has letters in it"
    if phonenumbers.is_valid_number(number):
        return None
    if number.country_code != _NORTH_AMERICA:
        return f"is not in use in the country with the code +{number.country_code}"
    digits = "".join(character for character in raw if character.isdigit())
    return _wrong_length(raw, region) or _not_in_the_plan(digits[-_DIGITS_OF_A_NORTH_AMERICAN_NUMBER:])


def _wrong_length(raw: str, region: str) -> str | None:
    """What is wrong with the count of digits of a North American number, if that is what is wrong."""
    digits = "".join(character for character in raw if character.isdigit())
    own = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if (
        not digits
        or region not in _north_american_regions()
        or (raw.lstrip().startswith("+") and not digits.startswith("1"))
        or len(own) == _DIGITS_OF_A_NORTH_AMERICAN_NUMBER
    ):
        return None
    count = f"{len(digits)} digit" if len(digits) == 1 else f"{len(digits)} digits"
    return f"has {count}, a {region} number has 10"


def _not_in_the_plan(digits: str) -> str:
    return f"begins with {digits[:3]}-{digits[3:6]}, which no number in North America does"


@cache
def _north_american_regions() -> frozenset[str]:
    return frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_NORTH_AMERICA])


@cache
def _north_american_plan() -> re.Pattern[str]:
    """Ten digits that some country of +1 has given out: the library's own patterns, in one."""
    patterns: dict[str, None] = {}
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_NORTH_AMERICA]:
        metadata = PhoneMetadata.metadata_for_region(region)
        if metadata is None:
            continue
        for kind in (
            metadata.fixed_line,
            metadata.mobile,
            metadata.toll_free,
            metadata.premium_rate,
            metadata.shared_cost,
            metadata.personal_number,
            metadata.voip,
            metadata.pager,
            metadata.uan,
            metadata.voicemail,
        ):
            if kind is not None and kind.national_number_pattern:
                patterns[kind.national_number_pattern] = None
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.ASCII)
