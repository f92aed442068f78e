"""A text that a person must read: what we may say meanwhile. It waits for a reply all the same."""

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.away import answer_away
from textbank.flows.begin import greet_stranger
from textbank.inbound.answer_ourselves import Heard


async def answer_unattended(session: AsyncSession, organization_id: int, heard: Heard) -> None:
    """Greet a stranger by the flow for them; else say, out of office hours, that nobody is there."""
    if not await greet_stranger(session, organization_id, **heard.how):
        await answer_away(
            session,
            organization_id,
            recipient_id=heard.stored.recipient_id,
            sender_id=heard.sender_id,
            answer_by=heard.answer_by,
        )
