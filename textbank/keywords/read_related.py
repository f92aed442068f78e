"""The keywords around one: those that mean the same, those that were retired and lead to it, those in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

MOST_BESIDE: Final = 20
MOST_TO_CHOOSE: Final = 200

_SAME_LIST: Final = sa.text(
    """
    select k.id, k.word, k.language from keyword this
    join keyword k on k.organization_id = this.organization_id and k.list_id = this.list_id
      and k.id <> this.id and k.retired_at is null
    where this.organization_id = :organization and this.id = :keyword order by k.id limit :most
    """
)
_LED_HERE: Final = sa.text(
    "select id, word, language from keyword where organization_id = :organization "
    "and redirect_id = :keyword and retired_at is not null order by id limit :most"
)
_IN_USE: Final = sa.text(
    "select id, word, language from keyword where organization_id = :organization and retired_at is null "
    "order by word limit :most"
)
_OF_WORD: Final = sa.text(
    "select id from keyword where organization_id = :organization and word = :word and retired_at is null"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword by its word alone."""

    id: int
    word: str
    language: str


async def same_list(session: AsyncSession, organization_id: int, keyword_id: int) -> Sequence[Word]:
    """Other words in use that put people on the same list."""
    return await _words(session, _SAME_LIST, organization_id, keyword=keyword_id, most=MOST_BESIDE)


async def led_here(session: AsyncSession, organization_id: int, keyword_id: int) -> Sequence[Word]:
    """Retired words that stand for this one now."""
    return await _words(session, _LED_HERE, organization_id, keyword=keyword_id, most=MOST_BESIDE)


async def words_in_use(session: AsyncSession, organization_id: int) -> Sequence[Word]:
    """By word, as many as a select can hold."""
    return await _words(session, _IN_USE, organization_id, most=MOST_TO_CHOOSE)


async def keyword_of(session: AsyncSession, organization_id: int, word: str) -> int:
    """The id of a word in use, in normal form."""
    key = {"organization": organization_id, "word": word}
    found: int = (await session.execute(_OF_WORD, key)).scalar_one()
    return found


async def _words(
    session: AsyncSession, statement: sa.TextClause, organization_id: int, **more: int
) -> Sequence[Word]:
    rows = await session.execute(statement, {"organization": organization_id, **more})
    return [Word(row.id, row.word, row.language) for row in rows]
