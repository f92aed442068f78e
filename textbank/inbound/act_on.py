"""Act on a text that was stored: opt out, answer, join, ask back, or leave it to a person.

The order of understanding is the design's: STOP, HELP, the answer to what we asked, START, keywords; and
whatever is left is for a person to read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock, jobs
from textbank.accounts.come_back import hear_word, word_in
from textbank.across import SenderAddress
from textbank.consent import wording
from textbank.consent.opt_out import Cause, opt_out
from textbank.contacts.contact_of_recipient import LANGUAGE_OF
from textbank.conversations.touch import Touched, touch_inbound
from textbank.inbound.answer_keyword import answer_keyword
from textbank.inbound.answer_ourselves import Heard, answer_ourselves
from textbank.inbound.answer_unattended import answer_unattended
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.store import Stored
from textbank.inbound.understand import Understood
from textbank.keywords.models import Keyword
from textbank.messaging.enqueue import enqueue
from textbank.messaging.protocol import ANSWER_TIMELY
from textbank.sms.answer_language import answer_language
from textbank.sms.rules import RULES

_ABOUT = sa.text(
    f"""
    select o.name, o.help_contact, {LANGUAGE_OF.format(recipient=":recipient")} as language
    from organization o where o.id = :organization
    """  # noqa: S608 - a part of our own
)
_CONFIRMS_STOP = sa.text(
    "select carrier_confirms_stop from sender where organization_id = :organization and id = :sender"
)
_ONE_CONFIRMATION = sa.text(
    "update suppression set confirmation_queued = true where organization_id = :organization "
    "and id = :suppression and not confirmation_queued returning id"
)
_REVIEW = sa.text(
    "update recipient set review_since = coalesce(review_since, now()) "
    "where organization_id = :organization and id = :recipient"
)
_ASK_BACK = sa.text(
    "insert into pending_start (organization_id, message_id, recipient_id, sid, keyword_id) "
    "values (:organization, :message, :recipient, :sid, :keyword)"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A text that was stored: the sender of ours that it came to, what it means, and its row."""

    at: SenderAddress
    text: InboundText
    understood: Understood
    stored: Stored


async def act_on(session: AsyncSession, filed: Filed) -> None:
    """Do what the text asks for, and keep its conversation up."""
    at, text, understood, stored = filed.at, filed.text, filed.understood, filed.stored
    meaning = understood.meaning
    organization_id, recipient_id = at.organization_id, stored.recipient_id
    answer_by = answer_until(text)
    evidence = evidence_of(filed)
    heard = Heard(text.body, meaning, stored, understood.leaving, at.sender_id, answer_by, evidence)
    needs_reply = False
    match meaning.kind:
        case "stop":
            # What staff's own phrase understood is not confirmed: then they may still undo it.
            by = None if meaning.rule.startswith("own:") else answer_by
            await _stop(session, at, stored, text, evidence, by, "stop_text")
        case "wrong_number":
            await _stop(session, at, stored, text, evidence, None, "wrong_number")
        case "help":
            await _help(session, at, recipient_id, text, answer_by)
        case _ if await _comes_back(session, organization_id, text):
            return  # a texter's own business: there is nothing to answer, and no conversation
        case _ if await answer_ourselves(session, organization_id, heard):
            pass
        case "start" if stored.suppressed_at is not None:
            await _ask_back(session, organization_id, stored, text, None)
        case "review":
            await session.execute(_REVIEW, {"organization": organization_id, "recipient": recipient_id})
            needs_reply = True
        case _:
            answered = await answer_keyword(session, organization_id, heard)
            needs_reply = answered == "not_a_keyword"
            if needs_reply and stored.unattended and stored.suppressed_at is None:
                await answer_unattended(session, organization_id, heard)
            if isinstance(answered, Keyword):
                await _ask_back(session, organization_id, stored, text, answered.id)
    out = meaning.kind in ("stop", "wrong_number")
    touched = Touched(recipient_id, needs_reply, text.carrier_time, out, understood.alert)
    await touch_inbound(session, organization_id, [touched])


async def _comes_back(session: AsyncSession, organization_id: int, text: InboundText) -> bool:
    """Whether it is the word of a browser that waits, from a texter's own phone. Any other is a text."""
    word = word_in(text.body)
    return word is not None and await hear_word(session, organization_id, phone=text.from_, word=word)


def evidence_of(filed: Filed) -> dict[str, Any]:
    """What the ledger keeps of a text that changes what somebody gets."""
    return {
        "words": filed.text.body,
        "sid": filed.text.sid,
        "sender_id": filed.at.sender_id,
        "rule": filed.understood.meaning.rule,
        "rules": RULES,
        "message_id": filed.stored.message_id,
    }


def answer_until(text: InboundText) -> datetime | None:
    """Until when an automatic answer makes sense; None if it is too late, or the carrier has answered."""
    if text.carrier_class is not None:
        return None
    by = (text.carrier_time or clock.now()) + ANSWER_TIMELY
    return by if by > clock.now() + timedelta(seconds=1) else None


async def _stop(
    session: AsyncSession,
    at: SenderAddress,
    stored: Stored,
    text: InboundText,
    evidence: dict[str, Any],
    answer_by: datetime | None,
    cause: Cause,
) -> None:
    key = {"organization": at.organization_id, "sender": at.sender_id}
    out = await opt_out(
        session,
        at.organization_id,
        stored.recipient_id,
        cause,
        carrier_time=text.carrier_time,
        evidence=evidence,
    )
    if answer_by is None or (await session.execute(_CONFIRMS_STOP, key)).scalar_one():
        return
    first = await session.execute(_ONE_CONFIRMATION, {**key, "suppression": out.suppression_id})
    if first.one_or_none() is None:
        return
    about = (await session.execute(_ABOUT, {**key, "recipient": stored.recipient_id})).one()
    await enqueue(
        session,
        at.organization_id,
        recipient_id=stored.recipient_id,
        sender_id=at.sender_id,
        purpose="opt_out_confirmation",
        body=wording.opted_out(about.name, answer_language(text.body, about.language)),
        expires_at=answer_by,
    )


async def _help(
    session: AsyncSession,
    at: SenderAddress,
    recipient_id: int,
    text: InboundText,
    answer_by: datetime | None,
) -> None:
    if answer_by is None:
        return
    key = {"organization": at.organization_id, "recipient": recipient_id}
    about = (await session.execute(_ABOUT, key)).one()
    language = answer_language(text.body, about.language)
    await enqueue(
        session,
        at.organization_id,
        recipient_id=recipient_id,
        sender_id=at.sender_id,
        purpose="help_answer",
        body=wording.help_answer(about.name, about.help_contact, language),
        expires_at=answer_by,
    )


async def _ask_back(
    session: AsyncSession, organization_id: int, stored: Stored, text: InboundText, keyword_id: int | None
) -> None:
    """Somebody suppressed asks to come back: `come_back.py` asks the carrier when each text was sent."""
    await session.execute(
        _ASK_BACK,
        {
            "organization": organization_id,
            "message": stored.message_id,
            "recipient": stored.recipient_id,
            "sid": text.sid,
            "keyword": keyword_id,
        },
    )
    jobs.ring(session, jobs.Job(jobs.COME_BACK, organization_id))
