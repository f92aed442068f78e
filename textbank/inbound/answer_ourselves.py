"""What needs no person to answer it, beside STOP, HELP and keywords: choices, and answers to what we asked.

Choices go first, so that PAUSE is a break even while a question of ours is open; no answer that we ask for
may be one of their words.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.answer import answer_flow
from textbank.inbound.answer_opt_in import answer_opt_in
from textbank.inbound.answer_preference import answer_leaving, answer_preference
from textbank.inbound.join_by_keyword import join_by_keyword
from textbank.inbound.leave_by_text import Leaving
from textbank.inbound.store import Stored
from textbank.keywords.ask_what_was_meant import take_what_was_meant
from textbank.keywords.opt_in_words import yes_or_no
from textbank.keywords.preferences import Preference, read_preference
from textbank.sms.classify import Classification

_START = Preference("resume", "en")


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that was stored, with what an answer to it needs."""

    body: str
    meaning: Classification
    stored: Stored
    leaving: Leaving | None
    sender_id: int
    answer_by: datetime | None
    evidence: dict[str, Any]

    @property
    def how(self) -> dict[str, Any]:
        """Whom to answer, from which number, until when, and what the ledger is told of it."""
        return {
            "recipient_id": self.stored.recipient_id,
            "sender_id": self.sender_id,
            "answer_by": self.answer_by,
            "evidence": self.evidence,
        }


async def answer_ourselves(session: AsyncSession, organization_id: int, heard: Heard) -> bool:
    """Act on the text and answer it; false where it means something else. Nobody suppressed is answered."""
    if heard.stored.suppressed_at is not None:
        return False
    if heard.leaving is not None:
        await answer_leaving(session, organization_id, heard.leaving, **heard.how)
        return True
    chosen = _choice(heard)
    if chosen is not None and await answer_preference(session, organization_id, chosen, **heard.how):
        return True
    return heard.stored.asked and await _answers(session, organization_id, heard)


async def _answers(session: AsyncSession, organization_id: int, heard: Heard) -> bool:
    """Whether it answers "Did you mean JOIN?", "Reply YES", or the question of a flow."""
    if yes_or_no(heard.body) == "yes":
        meant = await take_what_was_meant(session, organization_id, heard.stored.recipient_id)
        if meant is not None:
            await join_by_keyword(session, meant, "", **heard.how)
            return True
    if await answer_opt_in(session, organization_id, heard.body, **heard.how):
        return True
    # What may ask us to stop is read by a person, not taken for a name or a choice.
    may_answer = heard.meaning.kind != "review"
    return may_answer and await answer_flow(session, organization_id, heard.body, **heard.how)


def _choice(heard: Heard) -> Preference | None:
    if heard.meaning.kind not in ("none", "start"):
        return None
    chosen = read_preference(heard.body)
    if chosen is None and heard.meaning.rule == "start:exact" and not heard.stored.asked:
        return _START  # nobody is suppressed here: START can only end a break
    return chosen
