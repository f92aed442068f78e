"""A text that is a keyword, was one, or almost is one."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.answer import ask_flow_again
from textbank.inbound.answer_ourselves import Heard
from textbank.inbound.join_by_keyword import join_by_keyword
from textbank.keywords.ask_what_was_meant import ask_what_was_meant
from textbank.keywords.ended import ended_words
from textbank.keywords.match import match, near_match
from textbank.keywords.models import Keyword
from textbank.messaging.enqueue import enqueue


async def answer_keyword(
    session: AsyncSession, organization_id: int, heard: Heard
) -> Literal["answered", "not_a_keyword"] | Keyword:
    """Join, or say that the keyword has ended, or ask what was meant. The keyword itself is returned where
    the number is opted out: whether it may come back is for the carrier's times to say."""
    found = await match(session, organization_id, heard.body)
    suppressed = heard.stored.suppressed_at is not None
    if found is None:
        if heard.stored.asked and await ask_flow_again(session, organization_id, heard.body, **heard.how):
            return "answered"
        meant = None if suppressed else await near_match(session, organization_id, heard.body)
        if meant is None or heard.answer_by is None:
            return "not_a_keyword"
        await ask_what_was_meant(
            session,
            meant,
            recipient_id=heard.stored.recipient_id,
            sender_id=heard.sender_id,
            answer_by=heard.answer_by,
        )
        return "answered"
    if suppressed:
        return "not_a_keyword" if found.ended else found.keyword
    if found.ended:
        await _say_ended(session, organization_id, heard, found.keyword)
    else:
        await join_by_keyword(session, found.keyword, found.argument, **heard.how)
    return "answered"


async def _say_ended(session: AsyncSession, organization_id: int, heard: Heard, keyword: Keyword) -> None:
    if heard.answer_by is not None:
        await enqueue(
            session,
            organization_id,
            recipient_id=heard.stored.recipient_id,
            sender_id=heard.sender_id,
            purpose="keyword_answer",
            body=await ended_words(session, keyword),
            expires_at=heard.answer_by,
        )
