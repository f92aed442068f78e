"""What texts mean to this organization, before they are stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.conversations.listen_for import heard, phrases_of
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.leave_by_text import Leaving, after_stop
from textbank.keywords.match import FIRST_WORD_AT_MOST
from textbank.sms.classify import Classification


@dataclass(frozen=True, slots=True)
class Understood:
    """The class of a text and the rule that said so."""

    meaning: Classification
    leaving: Leaving | None = None
    """The one list that it leaves."""
    alert: str = ""
    """The alert word in it."""


def is_plainly_a_reply(text: InboundText) -> bool:
    """Whether the words alone tell that it is most likely for a person to read. If it is not (we asked
    something, or the organization has a phrase of its own), it is acted on all the same."""
    return text.meaning.kind == "none" and len(text.body.split()) > FIRST_WORD_AT_MOST


def is_plainly_a_stop(text: InboundText) -> bool:
    """Whether the whole text is a word that stops everything."""
    return text.meaning.kind == "stop" and len(text.body.split()) == 1


async def understand(
    session: AsyncSession, organization_id: int, texts: Sequence[InboundText]
) -> list[Understood]:
    """Understand them. The database is asked only about a STOP with something behind it."""
    phrases = await phrases_of(session, organization_id)
    understood = []
    for text in texts:
        meaning, leaving = await after_stop(session, organization_id, text.from_, text.body, text.meaning)
        meaning, alert = heard(text.reading, meaning, phrases)
        understood.append(Understood(meaning, leaving, alert))
    return understood
