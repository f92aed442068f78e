"""Which keyword a text is, if any."""

import unicodedata

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.models import Keyword

FIRST_WORD_AT_MOST = 3
"""A keyword in front counts only in a text this short ("JOIN 94110"): a sentence that happens to begin
with one ("Join us when?") is for a person to read."""


def normal_word(word: str) -> str:
    """A keyword as it is stored and compared: letters and digits only, upper case, accents off."""
    folded = unicodedata.normalize("NFKD", word.strip()).casefold()
    return "".join(letter for letter in folded if letter.isalnum()).upper()


async def match(session: AsyncSession, organization_id: int, body: str) -> Keyword | None:
    """The keyword that the whole text is, else the one it begins with if it is short."""
    words = [word for word in (normal_word(part) for part in body.split()) if word]
    candidates = ["".join(words)]
    if 1 < len(words) <= FIRST_WORD_AT_MOST:
        candidates.append(words[0])
    if not candidates[0]:
        return None
    found = {
        keyword.word: keyword
        for keyword in await session.scalars(
            sa.select(Keyword).where(
                sa.and_(
                    Keyword.organization_id == organization_id,  # type: ignore[arg-type]
                    Keyword.word.in_(candidates),  # type: ignore[attr-defined]
                    Keyword.retired_at.is_(None),  # type: ignore[union-attr]
                )
            )
        )
    }
    return next((found[word] for word in candidates if word in found), None)
