"""A YES or a NO while we wait to hear whether somebody wants to be on a list."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.begin import begin_flow
from textbank.keywords.confirm_opt_in import confirm_opt_in, decline_opt_in
from textbank.keywords.opt_in_words import yes_or_no


async def answer_opt_in(
    session: AsyncSession,
    organization_id: int,
    body: str,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> bool:
    """Take the text as an answer; false where it is none, and means whatever else it means."""
    said = yes_or_no(body)
    if said is None:
        return False
    given: dict[str, Any] = {
        "recipient_id": recipient_id,
        "sender_id": sender_id,
        "answer_by": answer_by,
        "evidence": evidence,
    }
    if said == "yes":
        return await confirm_and_begin(session, organization_id, **given)
    return await decline_opt_in(session, organization_id, **given) is not None


async def confirm_and_begin(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
    by_start: bool = False,
) -> bool:
    """Put them on what they asked for, and begin the flow that follows; false where nothing was asked."""
    given: dict[str, Any] = {
        "recipient_id": recipient_id,
        "sender_id": sender_id,
        "answer_by": answer_by,
        "evidence": evidence,
    }
    confirmed = await confirm_opt_in(session, organization_id, by_start=by_start, **given)
    for one in confirmed:
        if one.flow_id is not None:
            await begin_flow(
                session, organization_id, one.flow_id, language=one.language, member=one.member, **given
            )
    return bool(confirmed)
