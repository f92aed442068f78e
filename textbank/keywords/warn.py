"""What makes a keyword dangerous though it may be one: short, plain, or one slip from another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.match import SHORTEST_NEAR, near, normal_word
from textbank.language import N_

Danger = Literal["one_character", "digits_only", "ordinary_word", "near"]

WORDS: Final[dict[Danger, str]] = {
    "one_character": N_("One character is sent by accident: in a pocket, or as an answer to something else."),
    "digits_only": N_("People send numbers as answers and ZIP codes; a word is safer."),
    "ordinary_word": N_("People write this word in ordinary replies, and would join without meaning to."),
    "near": N_("It is one slip of the thumb away from your keyword {other}."),
}
_ORDINARY: Final = frozenset(
    {
        "A",
        "I",
        "OK",
        "OKAY",
        "HI",
        "HELLO",
        "HEY",
        "THANKS",
        "THANKYOU",
        "PLEASE",
        "THE",
        "AND",
        "WHO",
        "WHAT",
    }
    | {
        "WHEN",
        "WHERE",
        "WHY",
        "HOW",
        "HERE",
        "NOW",
        "GOOD",
        "GREAT",
        "SURE",
        "MAYBE",
        "LATER",
        "HOME",
        "WORK",
    }
    | {"CALL", "TEXT", "NEW", "RIGHT", "COOL", "NICE", "LOVE", "DONE", "TRUE", "FALSE", "SORRY", "WAIT", "GO"}
    | {
        "HOLA",
        "GRACIAS",
        "BUENO",
        "BIEN",
        "CLARO",
        "QUIEN",
        "QUE",
        "CUANDO",
        "DONDE",
        "COMO",
        "AQUI",
        "AHORA",
    }
    | {"BUENAS", "DIAS", "CASA", "TRABAJO", "TAL", "VEZ", "LUEGO", "DALE", "VALE", "PERO", "PORQUE", "LISTO"}
)
_SIMILAR = sa.text(
    "select word from keyword where organization_id = :organization and retired_at is null "
    "and char_length(word) between :shortest and :longest order by word limit 2000"
)


@dataclass(frozen=True, slots=True)
class Warned:
    """One danger; `text` with `other` filled in is what to show."""

    danger: Danger
    other: str = ""

    @property
    def text(self) -> str:
        return WORDS[self.danger]


async def warnings_about(session: AsyncSession, organization_id: int, word: str) -> list[Warned]:
    """What to tell whoever is about to make a keyword; empty where nothing speaks against it."""
    normal = normal_word(word)
    span = {"shortest": len(normal) - 1, "longest": len(normal) + 1}
    others = await session.scalars(_SIMILAR, {"organization": organization_id, **span})
    return dangers(normal, others)


def dangers(word: str, others: Iterable[str]) -> list[Warned]:
    """The same, for a word in normal form among the words in use. Pure."""
    found: list[Warned] = []
    if len(word) == 1:
        found.append(Warned("one_character"))
    if word.isdigit():
        found.append(Warned("digits_only"))
    if word in _ORDINARY:
        found.append(Warned("ordinary_word"))
    if len(word) >= SHORTEST_NEAR - 1:
        found += [Warned("near", other) for other in near(word, others)]
    return found
