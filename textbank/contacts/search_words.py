"""What somebody who looks for a person has typed: a number in any form, an address, or a name. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from textbank.sms.phone_number import PhoneNumber, parse

MOST_WORDS = 5
_LONGEST = 200
_NUMBER = re.compile(r"\+?[\d\s().\-–/]+")
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to look, and for what. Everything is a beginning: of a number, an address or a name."""

    kind: Literal["nothing", "number", "email", "name"]
    begins: str = ""
    splits: tuple[tuple[str, str], ...] = ()
    """Of a name of several words: each way in which it may be a first and a last name."""


def understand(typed: str) -> Wanted:
    """What was typed, in a form that can be compared with what is stored."""
    words = " ".join(typed.replace("\0", "")[:_LONGEST].split())
    if not words:
        return Wanted("nothing")
    if "@" in words:
        return Wanted("email", words)
    digits = re.sub(r"\D", "", words)
    if _NUMBER.fullmatch(words) and digits.isascii() and len(digits) >= _FEWEST_DIGITS:
        return Wanted("number", _number(words, digits))
    parts = words.replace(",", " ").split()
    if not parts:
        return Wanted("nothing")
    pieces = (
        [*parts[: MOST_WORDS - 1], " ".join(parts[MOST_WORDS - 1 :])] if len(parts) > MOST_WORDS else parts
    )
    splits = tuple((" ".join(pieces[:at]), " ".join(pieces[at:])) for at in range(1, len(pieces)))
    return Wanted("name", " ".join(parts), splits)


def _number(words: str, digits: str) -> str:
    """The number, or as much of it as was typed, as it is stored."""
    number = parse(words)
    if isinstance(number, PhoneNumber):
        return number.e164
    if words.startswith("+") or (digits.startswith("1") and len(digits) > 1):
        return f"+{digits}"
    return f"+1{digits}"
