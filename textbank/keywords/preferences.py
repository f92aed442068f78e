"""What a person may choose by text: LIST, STOP and a list, PAUSE 2 WEEKS, LESS, in English and Spanish. Pure.

A whole text must be one of these, so that a sentence that begins like one ("less rent please") stays with
people. STOP and anything that is not exactly a list they are on is no choice but a STOP
(docs/decisions, "what follows STOP").
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Choice = Literal["lists", "rest", "resume", "fewer", "as_many"]
Language = Literal["en", "es"]

LONGEST_REST_DAYS: Final = 183
REST_DAYS: Final = 7
"""How long PAUSE alone is."""

_DAYS: Final = {
    **dict.fromkeys(["day", "days", "d", "dia", "dias"], 1),
    **dict.fromkeys(["week", "weeks", "wk", "wks", "w", "semana", "semanas", "sem"], 7),
    **dict.fromkeys(["month", "months", "mo", "mos", "mes", "meses"], 30),
    **dict.fromkeys(["year", "years", "ano", "anos"], 365),
}
_NUMBERS: Final = {
    **dict.fromkeys(["a", "an", "one", "un", "una", "uno"], 1),
    **dict.fromkeys(["two", "dos"], 2),
    **dict.fromkeys(["three", "tres"], 3),
    **dict.fromkeys(["four", "cuatro"], 4),
    **dict.fromkeys(["five", "cinco"], 5),
    **dict.fromkeys(["six", "seis"], 6),
}
_WORDS: Final[dict[str, tuple[Choice, Language]]] = {
    **dict.fromkeys(["list", "lists", "my lists"], ("lists", "en")),
    **dict.fromkeys(["lista", "listas", "mis listas"], ("lists", "es")),
    **dict.fromkeys(["less", "fewer"], ("fewer", "en")),
    "menos": ("fewer", "es"),
    "more": ("as_many", "en"),
    "mas": ("as_many", "es"),
    **dict.fromkeys(["resume", "unpause"], ("resume", "en")),
    **dict.fromkeys(["reanudar", "seguir"], ("resume", "es")),
}
_PAUSE: Final[dict[str, Language]] = {"pause": "en", "pausa": "es", "pausar": "es"}
_TOLD_BY: Final = frozenset(said.split()[-1] for said in _WORDS) | frozenset(_PAUSE)
"""A text without any of these words is no choice."""
_FOR: Final = frozenset({"for", "por", "de"})
_COURTESY: Final = frozenset({"please", "pls", "porfa", "thanks", "gracias"})
RESERVED: Final = frozenset(_WORDS) | frozenset(_PAUSE)
"""No keyword and no answer to a question of ours may be one of these."""

_MARKS = re.compile("[\u0300-\u036f]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_STUCK = re.compile(r"(\d+)([a-z]+)")
_APOSTROPHE: Final = b"'"
_PLAIN: Final = bytes(code if chr(code).isalnum() else 32 for code in range(256)).lower()
_STOPS: Final = frozenset({"stop", "alto"})
_LEAVE = re.compile(r"(stop|alto) ((?:(?:from|the|de|la|lista|list) )*(.+))")


@dataclass(frozen=True, slots=True)
class Preference:
    """What they chose, in which language, and for how many days."""

    choice: Choice
    language: Language
    days: int = 0


def read_preference(body: str) -> Preference | None:
    """The choice that a whole text is; None for any other text."""
    words = plain_words(body)
    if _TOLD_BY.isdisjoint(words):
        return None
    words = [word for word in words if word not in _COURTESY]
    known = _WORDS.get(" ".join(words))
    if known is not None:
        return Preference(known[0], known[1])
    if not words or words[0] not in _PAUSE:
        return None
    language = _PAUSE[words[0]]
    span = _STUCK.sub(r"\1 \2", " ".join(word for word in words[1:] if word not in _FOR)).split()
    if not span:
        return Preference("rest", language, REST_DAYS)
    days = _days(span)
    return None if days is None else Preference("rest", language, days)


def named_after_stop(body: str) -> tuple[set[str], Language] | None:
    """What stands after a STOP or ALTO in front, as `keywords/match.py` compares words, if anything does."""
    words = plain_words(body)
    found = _LEAVE.fullmatch(" ".join(words)) if words and words[0] in _STOPS else None
    if found is None:
        return None
    # "the" may belong to the list's name, or not.
    named = {found[2].replace(" ", "").upper(), found[3].replace(" ", "").upper()}
    return named, "es" if found[1] == "alto" else "en"


def plain_words(body: str) -> list[str]:
    """Lower case, no accents, no punctuation."""
    if not body.isascii():
        body = _MARKS.sub("", unicodedata.normalize("NFKD", body)).casefold().replace("’", "'")
    if body.isascii():  # the same, in a tenth of the time
        return body.encode().translate(_PLAIN, _APOSTROPHE).decode().split()
    return _NOT_A_WORD.sub(" ", body.replace("'", "")).split()


def _days(span: list[str]) -> int | None:
    """How many days "2 weeks", "a month", "week" are: at least one, and at most half a year."""
    if len(span) == 1:
        span = ["1", *span]
    if len(span) != 2 or span[1] not in _DAYS:
        return None
    count = int(span[0]) if re.fullmatch(r"[0-9]{1,4}", span[0]) else _NUMBERS.get(span[0], 0)
    return min(count * _DAYS[span[1]], LONGEST_REST_DAYS) if count > 0 else None
