"""Somebody texted a keyword: subscribe them, write down why, and confirm."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.record_basis import record_basis
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.keywords.ask_to_confirm import ask_to_confirm
from textbank.keywords.confirmation import confirmation
from textbank.keywords.models import Keyword
from textbank.messaging.choose_pace import end_break
from textbank.messaging.enqueue import enqueue

_ABOUT = sa.text(
    "select o.name as organization, l.name as programme, l.frequency, l.double_opt_in and not exists ("
    "select from subscription b where b.organization_id = o.id and b.recipient_id = :recipient "
    "and b.list_id = l.id and b.state = 'subscribed') as asks_back from organization o "
    "join contact_list l on l.organization_id = o.id where o.id = :organization and l.id = :list"
)


async def join(
    session: AsyncSession,
    keyword: Keyword,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> None:
    """Subscribe the number to the keyword's list, or ask back first where the list is so.

    `answer_by` None: too late for an answer, or answered otherwise.
    """
    organization_id = keyword.organization_id
    key = {"organization": organization_id, "list": keyword.list_id, "recipient": recipient_id}
    about = (await session.execute(_ABOUT, key)).one()
    words = keyword.confirmation or confirmation(
        about.organization, about.programme, about.frequency, keyword.language
    )
    # Whoever asks for more texts has ended their break.
    await end_break(session, organization_id, recipient_id, evidence=evidence)
    contact_id = await contact_of_recipient(session, organization_id, recipient_id, keyword.language)
    if about.asks_back:
        await ask_to_confirm(
            session,
            organization_id,
            recipient_id=recipient_id,
            contact_id=contact_id,
            list_id=keyword.list_id,
            source="keyword",
            language=keyword.language,
            sender_id=sender_id,
            answer_by=answer_by,
            evidence={"keyword": keyword.word, "keyword_id": keyword.id, **evidence},
        )
        return
    await record_basis(
        session,
        organization_id,
        recipient_id=recipient_id,
        contact_id=contact_id,
        list_id=keyword.list_id,
        evidence={
            "basis": "keyword",
            "keyword": keyword.word,
            "confirmation": words if answer_by else None,
            **evidence,
        },
    )
    if answer_by is not None:
        await enqueue(
            session,
            organization_id,
            recipient_id=recipient_id,
            sender_id=sender_id,
            purpose="keyword_answer",
            body=words,
            expires_at=answer_by,
        )
