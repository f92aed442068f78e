"""What a text means to this organization, before it is stored."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.conversations.listen_for import listen
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.leave_by_text import Leaving, after_stop
from textbank.keywords.match import FIRST_WORD_AT_MOST
from textbank.sms.classify import Classification, classify


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
    return len(text.body.split()) > FIRST_WORD_AT_MOST and _meaning(text).kind == "none"


def is_plainly_a_stop(text: InboundText) -> bool:
    """Whether the whole text is a word that stops everything."""
    return len(text.body.split()) == 1 and _meaning(text).kind == "stop"


async def understand(session: AsyncSession, organization_id: int, text: InboundText) -> Understood:
    """Understand it. The database is asked only about a STOP with something behind it."""
    meaning, leaving = await after_stop(session, organization_id, text.from_, text.body, _meaning(text))
    meaning, alert = await listen(session, organization_id, text.body, meaning)
    return Understood(meaning, leaving, alert)


@lru_cache(maxsize=1024)
def _meaning(text: InboundText) -> Classification:
    """The carrier's word stands over our reading, but never over a stop that we can read ourselves."""
    ours = classify(text.body)
    if text.carrier_class is None or ours.kind == "stop":
        return ours
    return Classification(text.carrier_class, "carrier:opt_out_type")
