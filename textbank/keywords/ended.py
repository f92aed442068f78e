"""What answers a keyword that was retired and leads nowhere: posters with it hang for years."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.models import Keyword

_WORDS: Final = {
    "en": "{organization}: {word} has ended, so you were not signed up. Reply HELP for help, STOP for no "
    "texts.",
    "es": "{organization}: {word} ha terminado; no te agregamos a nada. Responde HELP para ayuda, STOP para "
    "no recibir nada.",
}
_NAME = sa.text("select name from organization where id = :organization")


async def ended_words(session: AsyncSession, keyword: Keyword) -> str:
    """The organization's own, else the standard ones."""
    if keyword.ended_words:
        return keyword.ended_words
    name = (await session.execute(_NAME, {"organization": keyword.organization_id})).scalar_one()
    return _WORDS[keyword.language].format(organization=name, word=keyword.word)
