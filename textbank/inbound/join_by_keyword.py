"""Somebody joins by a keyword: what they wrote after it, the list, and what follows."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.contacts.learn import learn_zip
from textbank.contacts.place import five_digits
from textbank.flows.begin import begin_flow
from textbank.flows.person import member_of
from textbank.keywords.join import join
from textbank.keywords.models import Keyword
from textbank.keywords.referrers import note_who_brought


async def join_by_keyword(
    session: AsyncSession,
    keyword: Keyword,
    argument: str,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> None:
    """Join. A ZIP code or a friend's code after the keyword is heeded, anything else kept as evidence."""
    organization_id = keyword.organization_id
    if argument:
        evidence = {**evidence, "argument": argument}
        if (zip_code := five_digits(argument)) is not None and len(argument) >= 5:
            contact_id = await contact_of_recipient(session, organization_id, recipient_id, keyword.language)
            await learn_zip(
                session,
                organization_id,
                contact_id=contact_id,
                recipient_id=recipient_id,
                zip_code=zip_code,
            )
        else:
            referrer = await note_who_brought(
                session, organization_id, recipient_id=recipient_id, code=argument, keyword_id=keyword.id
            )
            evidence |= {} if referrer is None else {"brought_by_recipient_id": referrer}
    member = await member_of(session, organization_id, recipient_id, keyword.list_id)
    # Kept for who must confirm first: the flow begins with their YES.
    joined = await join(
        session,
        keyword,
        recipient_id=recipient_id,
        sender_id=sender_id,
        answer_by=answer_by,
        evidence={**evidence, "member": member, "flow_id": keyword.flow_id},
    )
    if joined == "subscribed" and keyword.flow_id is not None:
        await begin_flow(
            session,
            organization_id,
            keyword.flow_id,
            recipient_id=recipient_id,
            sender_id=sender_id,
            language=keyword.language,
            member=member,
            answer_by=answer_by,
            evidence=evidence,
        )
