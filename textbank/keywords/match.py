"""Which keyword a text is, if any: the whole text, its first word, or almost one."""

import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.models import Keyword

FIRST_WORD_AT_MOST: Final = 3
"""A keyword in front counts only in a text this short ("JOIN 94110"): a sentence that happens to begin
with one ("Join us when?") is for a person to read."""
SHORTEST_NEAR: Final = 5
"""A shorter word is one slip away from too many others."""
LONGEST_WORD: Final = 20
"""Of a keyword (`create_keyword.py`)."""
_CAPITALS: Final = bytes(range(256)).upper()
_MARKS: Final = bytes(code for code in range(128) if not (chr(code).isalnum() or chr(code).isspace()))
_REDIRECTS: Final = 5
_NEAR_WORDS: Final = 2_000

# Each arm has its own partial index. A word that is in use again counts before one that was retired.
_CALLED = sa.text(
    """
    select id, word, retired_at is not null as retired from keyword
    where organization_id = :organization and (retired_at is null and word = any(:words)
      or retired_at is not null and word = any(:words))
    order by retired, id desc limit 20
    """
)
KNOWN_WORDS: Final = (
    "(select word from keyword where organization_id = :organization and retired_at is null "
    "and word = any(cast(:words as text[])) union "
    "select word from keyword where organization_id = :organization and retired_at is not null "
    "and word = any(cast(:words as text[])))"
)
"""A part of a statement: which of `words_among` some texts are keywords, in use or retired."""
_OF_LENGTH = sa.text(
    "select word from keyword where organization_id = :organization and retired_at is null "
    "and char_length(word) between :shortest and :longest order by word limit :most"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A keyword that was texted, and what stood after it."""

    keyword: Keyword
    argument: str = ""
    """In normal form: a ZIP code, a friend's code, or whatever they wrote."""

    @property
    def ended(self) -> bool:
        """Whether nobody joins by it any more."""
        return self.keyword.retired_at is not None


def normal_word(word: str) -> str:
    """A keyword as it is stored and compared: letters and digits only, upper case, accents off."""
    if word.isascii() and word.isalnum():  # most words
        return word.upper()
    folded = unicodedata.normalize("NFKD", word.strip()).casefold()
    return "".join(letter for letter in folded if letter.isalnum()).upper()


def normal_words(body: str) -> list[str]:
    """The words of a text, each in normal form."""
    if body.isascii():  # the same, in a tenth of the time
        return body.encode().translate(_CAPITALS, _MARKS).decode().split()
    return [word for word in (normal_word(part) for part in body.split()) if word]


def argument_of(body: str, word: str) -> str:
    """What stands after a keyword in front, in normal form."""
    words = normal_words(body)
    return "".join(words[1:]) if words[:1] == [word] and len(words) <= FIRST_WORD_AT_MOST else ""


@lru_cache(maxsize=1024)
def _candidates(body: str) -> tuple[str, str, str]:
    """The whole text, and its first word and the rest where it is short; empty where there is none."""
    words = normal_words(body)
    if 1 < len(words) <= FIRST_WORD_AT_MOST:
        return "".join(words), words[0], "".join(words[1:])
    return "".join(words), "", ""


def words_among(bodies: Iterable[str]) -> list[str]:
    """All words of a keyword's length that any of these texts is or begins with."""
    return sorted({word for body in bodies for word in _candidates(body) if 0 < len(word) <= LONGEST_WORD})


def may_be_keyword(body: str, known: Set[str]) -> bool:
    """Whether a text is one of the known words, or may be a slip away from one."""
    words = [word for word in _candidates(body) if word]
    if any(word in known for word in words):
        return True
    one_word = len(words) == 1 and len(body.split()) == 1
    return one_word and SHORTEST_NEAR - 1 <= len(words[0]) <= LONGEST_WORD + 1


async def match(session: AsyncSession, organization_id: int, body: str) -> Match | None:
    """The keyword that the whole text is ("JOIN NORTH" may be one), else the one that it begins with if it is
    short; of "JOIN NORTH" with NORTH a keyword of its own, NORTH."""
    whole, first, rest = _candidates(body)
    if not whole:
        return None
    asked = {"organization": organization_id, "words": [word for word in (whole, first, rest) if word]}
    found: dict[str, tuple[int, bool]] = {}
    for row in await session.execute(_CALLED, asked):
        found.setdefault(row.word, (row.id, row.retired))
    argument = ""
    called = found.get(whole)
    if called is None and first in found:
        called = found[first]
        if rest in found and not found[rest][1]:
            called = found[rest]
        else:
            argument = rest
    if called is None:
        return None
    return Match(await _leads_to(session, organization_id, called[0]), argument)


async def near_match(session: AsyncSession, organization_id: int, body: str) -> Keyword | None:
    """The one keyword that a text of one word is a single slip away from, if there is exactly one."""
    words = normal_words(body)
    word = "".join(words)
    if len(words) != 1 or len(word) < SHORTEST_NEAR - 1:
        return None
    span = {"shortest": max(len(word) - 1, SHORTEST_NEAR), "longest": len(word) + 1, "most": _NEAR_WORDS}
    others = await session.scalars(_OF_LENGTH, {"organization": organization_id, **span})
    nearest = near(word, others)
    if len(nearest) != 1:
        return None
    keyword: Keyword = (
        await session.scalars(
            sa.select(Keyword)
            .filter_by(organization_id=organization_id, word=nearest[0])
            .where(Keyword.retired_at.is_(None))  # type: ignore[union-attr]
        )
    ).one()
    return keyword


def near(word: str, others: Iterable[str]) -> list[str]:
    """Which words are exactly one letter added, left out, changed, or two swapped, away."""
    return [other for other in others if other != word and is_one_slip(word, other)]


def is_one_slip(one: str, other: str) -> bool:
    """Whether one edit, or a swap of two neighbours, makes a word the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) > 1)
    return a[1:] == b or a == b[1:]


async def _leads_to(session: AsyncSession, organization_id: int, keyword_id: int) -> Keyword:
    """The keyword, or the one that a retired one stands for now."""
    keyword = await session.get_one(Keyword, (organization_id, keyword_id))
    for _ in range(_REDIRECTS):
        if keyword.retired_at is None or keyword.redirect_id is None:
            break
        keyword = await session.get_one(Keyword, (organization_id, keyword.redirect_id))
    return keyword
