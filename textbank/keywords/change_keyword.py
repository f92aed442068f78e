"""Give a keyword words of its own, or retire it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput
from textbank.keywords.elements import ELEMENTS, Element, elements
from textbank.keywords.read_keywords import read_keyword
from textbank.language import N_

LONGEST = 480
"""Three segments of plain letters: a confirmation that costs more is not read."""

_MISSING: dict[Element, str] = {
    "name": N_("It must name you or the list. Nothing was changed."),
    "help": N_("It must say that HELP brings help. Nothing was changed."),
    "stop": N_("It must say that STOP ends the texts. Nothing was changed."),
    "frequency": N_("It must say how often they will hear from you. Nothing was changed."),
    "cost": N_("It must say that message and data rates may apply. Nothing was changed."),
}
_WORDS = sa.text(
    "update keyword set confirmation = :words where organization_id = :organization and id = :keyword"
)
_RETIRE = sa.text(
    "update keyword set retired_at = now(), redirect_id = :redirect, ended_words = :ended_words "
    "where organization_id = :organization and id = :keyword and retired_at is null returning word"
)


async def change_confirmation(
    session: AsyncSession, organization_id: int, keyword_id: int, words: str, *, actor: str
) -> None:
    """Keep new words, if all five elements are in them; none at all brings the standard ones back."""
    keyword = await read_keyword(session, organization_id, keyword_id)
    words = " ".join(words.replace("\0", "").split())
    if len(words) > LONGEST:
        raise InvalidInput(N_("These words are too long: 480 characters at most. Nothing was changed."))
    own = words if words and words != keyword.standard_words else None
    if own is not None:
        found = elements(own, keyword.organization, keyword.list_name)
        for element in ELEMENTS:
            if not found[element]:
                raise InvalidInput(_MISSING[element])
    await session.execute(_WORDS, {"organization": organization_id, "keyword": keyword_id, "words": own})
    audit.record(session, organization_id, "keyword.reworded", actor=actor, keyword_id=keyword_id, words=own)


async def retire_keyword(
    session: AsyncSession,
    organization_id: int,
    keyword_id: int,
    *,
    actor: str,
    redirect_id: int | None = None,
    ended_words: str = "",
) -> None:
    """Nobody joins by it any more; who joined stays. Whoever texts it is led to another keyword, or told that
    it has ended, in words of your own or ours. Raises Conflict where it was retired before."""
    await read_keyword(session, organization_id, keyword_id)
    if redirect_id is not None:
        other = await read_keyword(session, organization_id, redirect_id)
        if other.retired_at is not None or redirect_id == keyword_id:
            raise InvalidInput(N_("Choose a keyword that is in use to take its place. Nothing was changed."))
    words = " ".join(ended_words.replace("\0", "").split())
    if len(words) > LONGEST:
        raise InvalidInput(N_("These words are too long: 480 characters at most. Nothing was changed."))
    key = {"organization": organization_id, "keyword": keyword_id}
    given = {"redirect": redirect_id, "ended_words": words or None}
    word = (await session.execute(_RETIRE, key | given)).scalar_one_or_none()
    if word is None:
        raise Conflict(N_("This keyword is retired already. Nothing was changed."))
    audit.record(
        session,
        organization_id,
        "keyword.retired",
        actor=actor,
        keyword_id=keyword_id,
        word=word,
        redirect_id=redirect_id,
    )
