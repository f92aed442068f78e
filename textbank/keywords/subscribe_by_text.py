"""Put a number on a list because of a text: at once, with a confirmation, or asked back where it is so."""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.record_basis import record_basis
from textbank.keywords.ask_to_confirm import Source, ask_to_confirm
from textbank.keywords.confirmation import confirmation
from textbank.messaging.enqueue import enqueue

_ABOUT = sa.text(
    """
    select o.name as organization, l.name as programme, l.frequency, l.double_opt_in,
      exists (select from subscription b where b.organization_id = o.id and b.recipient_id = :recipient
        and b.list_id = l.id and b.state = 'subscribed') as already
    from organization o join contact_list l on l.organization_id = o.id
    where o.id = :organization and l.id = :list
    """
)


async def subscribe_by_text(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    contact_id: int,
    list_id: int,
    sender_id: int,
    source: Source,
    language: str,
    own_words: str | None,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> Literal["subscribed", "asked"]:
    """`own_words`: the confirmation, where the keyword has words of its own; `answer_by` None: too late for
    an answer, or answered otherwise. Whoever is on the list already is confirmed again."""
    key = {"organization": organization_id, "list": list_id, "recipient": recipient_id}
    about = (await session.execute(_ABOUT, key)).one()
    if about.double_opt_in and not about.already:
        await ask_to_confirm(
            session,
            organization_id,
            recipient_id=recipient_id,
            contact_id=contact_id,
            list_id=list_id,
            source=source,
            language=language,
            sender_id=sender_id,
            answer_by=answer_by,
            evidence=evidence,
        )
        return "asked"
    words = own_words or confirmation(about.organization, about.programme, about.frequency, language)
    await record_basis(
        session,
        organization_id,
        recipient_id=recipient_id,
        contact_id=contact_id,
        list_id=list_id,
        evidence={"basis": source, "confirmation": words if answer_by else None, **evidence},
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
    return "subscribed"
