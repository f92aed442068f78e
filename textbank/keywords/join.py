"""Somebody texted a keyword: subscribe them, write down why, and confirm."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.keywords.models import Keyword
from textbank.keywords.subscribe_by_text import subscribe_by_text
from textbank.messaging.choose_pace import end_break


async def join(
    session: AsyncSession,
    keyword: Keyword,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> Literal["subscribed", "asked"]:
    """Subscribe the number to the keyword's list, or ask back first where the list is so.

    `answer_by` None: too late for an answer, or answered otherwise.
    """
    organization_id = keyword.organization_id
    # Whoever asks for more texts has ended their break.
    await end_break(session, organization_id, recipient_id, evidence=evidence)
    contact_id = await contact_of_recipient(session, organization_id, recipient_id, keyword.language)
    return await subscribe_by_text(
        session,
        organization_id,
        recipient_id=recipient_id,
        contact_id=contact_id,
        list_id=keyword.list_id,
        sender_id=sender_id,
        source="keyword",
        language=keyword.language,
        own_words=keyword.confirmation,
        answer_by=answer_by,
        evidence={"keyword": keyword.word, "keyword_id": keyword.id, **evidence},
    )
