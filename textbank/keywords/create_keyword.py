"""Make a keyword that leads to a list."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.contacts.models import ContactList
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.keywords.match import LONGEST_WORD, normal_word
from textbank.keywords.models import Keyword
from textbank.keywords.opt_in_words import yes_or_no
from textbank.keywords.preferences import RESERVED
from textbank.language import N_
from textbank.sms.classify import classify


async def create_keyword(
    session: AsyncSession,
    organization_id: int,
    word: str,
    list_name: str,
    language: str = "en",
    *,
    actor: str = audit.COMMAND_LINE,
) -> str:
    """Make it; returns the word as it is matched. Refuses what would never be reached, or is taken."""
    normal = usable_word(word, language)
    list_id = (
        await session.execute(
            sa.select(ContactList.id).filter_by(organization_id=organization_id, name=list_name)  # type: ignore[call-overload]
        )
    ).scalar_one_or_none()
    if list_id is None:
        raise NotFound(N_("There is no list named {name!r}. Nothing was made."), name=list_name)
    session.add(Keyword(organization_id=organization_id, word=normal, list_id=list_id, language=language))
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(N_("{word} is a keyword already. Nothing was made."), word=normal) from error
    audit.record(session, organization_id, "keyword.created", actor=actor, word=normal, list_id=list_id)
    return normal


def usable_word(word: str, language: str = "en") -> str:
    """The word as it is matched. Raises InvalidInput where nobody could join by it."""
    normal = normal_word(word)
    if not word.strip():
        raise InvalidInput(N_("Type the word that people text to join. Nothing was made."))
    if not normal or len(normal) > LONGEST_WORD or language not in ("en", "es"):
        raise InvalidInput(
            N_(
                "{word!r} cannot be a keyword: it needs letters or digits, 20 at most, and a language "
                "en or es. Nothing was made."
            ),
            word=word[:40],
        )
    meaning = classify(normal)
    if meaning.kind != "none":
        raise InvalidInput(
            N_(
                "{word} already means {meaning!r} to carriers and to us, so nobody could join by it. "
                "Nothing was made; choose another word."
            ),
            word=normal,
            meaning=meaning.kind,
        )
    if normal.lower() in RESERVED or yes_or_no(normal) is not None:
        raise InvalidInput(
            N_(
                "{word} means something by itself when people text it (an answer, a list, a break), so "
                "nobody could join by it. Nothing was made; choose another word."
            ),
            word=normal,
        )
    return normal
