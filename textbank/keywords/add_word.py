"""Another word that means the same as a keyword: same list, same answer, same flow."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import Conflict
from textbank.keywords.create_keyword import create_keyword
from textbank.keywords.read_keywords import read_keyword
from textbank.keywords.read_related import keyword_of
from textbank.language import N_

_AS_THE_FIRST: Final = sa.text(
    """
    update keyword made set flow_id = first.flow_id, confirmation = first.confirmation
    from keyword first
    where made.organization_id = :organization and made.id = :made
      and first.organization_id = :organization and first.id = :keyword
    """
)


async def add_word(
    session: AsyncSession, organization_id: int, keyword_id: int, word: str, *, actor: str
) -> str:
    """Make it; returns it in normal form. From then on it is a keyword of its own, with its own poster."""
    first = await read_keyword(session, organization_id, keyword_id)
    if first.retired_at is not None:
        raise Conflict(N_("This keyword is retired already. Nothing was changed."))
    normal = await create_keyword(
        session, organization_id, word, first.list_name, first.language, actor=actor
    )
    made = await keyword_of(session, organization_id, normal)
    await session.execute(
        _AS_THE_FIRST, {"organization": organization_id, "made": made, "keyword": keyword_id}
    )
    return normal
