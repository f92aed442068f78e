"""What a text means to this organization, before it is stored."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.conversations.listen_for import listen
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.leave_by_text import Leaving, after_stop
from textbank.sms.classify import Classification, classify


@dataclass(frozen=True, slots=True)
class Understood:
    """The class of a text and the rule that said so."""

    meaning: Classification
    leaving: Leaving | None = None
    """The one list that it leaves."""
    alert: str = ""
    """The alert word in it."""


async def understand(session: AsyncSession, organization_id: int, text: InboundText) -> Understood:
    """Understand it. The database is asked only about a STOP with something behind it."""
    meaning, leaving = await after_stop(session, organization_id, text.from_, text.body, _meaning(text))
    meaning, alert = await listen(session, organization_id, text.body, meaning)
    return Understood(meaning, leaving, alert)


def _meaning(text: InboundText) -> Classification:
    """The carrier's word stands over our reading, but never over a stop that we can read ourselves."""
    ours = classify(text.body)
    if text.carrier_class is None or ours.kind == "stop":
        return ours
    return Classification(text.carrier_class, "carrier:opt_out_type")
