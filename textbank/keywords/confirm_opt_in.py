"""Their answer to "Reply YES": on the list with both steps as its basis, or courteously not.

A YES answers the question asked last. A START that ended a suppression answers every request that waited
for it, because those people were shown "Text START" on a page instead of being asked by text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN
from textbank.consent.record_basis import record_basis
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.keywords.confirmation import confirmation
from textbank.keywords.opt_in_words import declined
from textbank.messaging.choose_pace import end_break
from textbank.messaging.enqueue import enqueue
from textbank.sms.status import RANK

_HOW_MANY: Final = 20

_OPEN = f"""
    select id from opt_in_request where organization_id = :organization and recipient_id = :recipient
      and {OPT_IN_OPEN} and expires_at > now() and (needs_start or not :needs_start)
    order by id desc limit :most for update
"""  # noqa: S608 - our own constant
_SHOWN = """
    returning q.id, q.list_id, q.contact_id, q.language, q.evidence, q.reminder_id, q.created_at,
      (select name from organization where id = :organization) as organization,
      (select name from contact_list l where l.organization_id = :organization and l.id = q.list_id)
        as programme,
      (select frequency from contact_list l where l.organization_id = :organization and l.id = q.list_id)
        as frequency,
      (select k.confirmation from keyword k where k.organization_id = :organization
        and k.id = cast(q.evidence ->> 'keyword_id' as bigint)) as own_words,
      coalesce(cast(q.evidence ->> 'flow_id' as bigint), case when q.source = 'web' then (
        select max(f.id) from flow f where f.organization_id = :organization and f.list_id = q.list_id
          and f.published is not null and not f.for_strangers) end) as flow_id
"""
_CONFIRM = sa.text(
    f"update opt_in_request q set confirmed_at = now() "  # noqa: S608 - our own constants
    f"where organization_id = :organization and id in ({_OPEN}) {_SHOWN}"
)
_DECLINE = sa.text(
    f"update opt_in_request q set declined_at = now() "  # noqa: S608 - our own constants
    f"where organization_id = :organization and id in ({_OPEN}) {_SHOWN}"
)
# A reminder that still waits for the morning is out of date. One whose permit is being asked for just now
# holds its row and is let go: waiting for it here would lock in the opposite order.
_TAKE_BACK = sa.text(
    """
    with waiting as (select message_id from outbox where organization_id = :organization
      and message_id = :reminder and attempt_id is null for update skip locked),
    gone as (delete from outbox using waiting where outbox.organization_id = :organization
      and outbox.message_id = waiting.message_id returning outbox.message_id)
    insert into delivery (organization_id, message_id, rank, status)
    select :organization, message_id, :rank, 'stopped' from gone on conflict do nothing
    """
)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A list that somebody is on now, and the flow that follows, if the first step named one."""

    list_id: int
    language: str
    flow_id: int | None
    member: str


async def confirm_opt_in(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
    by_start: bool = False,
) -> list[Confirmed]:
    """The person said yes; returns what they are on now, nothing where no question was open.

    `by_start`: their START ended a suppression, so every request that waited for it is meant. The caller
    holds the recipient's row and knows that it is not suppressed.
    """
    key = {"organization": organization_id, "recipient": recipient_id, "needs_start": by_start}
    rows = (await session.execute(_CONFIRM, key | {"most": _HOW_MANY if by_start else 1})).all()
    if rows:
        await end_break(session, organization_id, recipient_id, evidence=evidence)
    for row in rows:
        words = row.own_words or confirmation(row.organization, row.programme, row.frequency, row.language)
        contact_id = row.contact_id or await contact_of_recipient(
            session, organization_id, recipient_id, row.language
        )
        first = dict(row.evidence)
        await record_basis(
            session,
            organization_id,
            recipient_id=recipient_id,
            contact_id=contact_id,
            list_id=row.list_id,
            evidence={
                "basis": "double_opt_in",
                **({"keyword": first["keyword"]} if first.get("keyword") else {}),
                "asked": first,
                "confirmation": words if answer_by else None,
                **evidence,
            },
        )
        await _end(session, organization_id, row, recipient_id, sender_id, words, answer_by)
    return [
        Confirmed(row.list_id, row.language, row.flow_id, row.evidence.get("member") or "new") for row in rows
    ]


async def decline_opt_in(
    session: AsyncSession,
    organization_id: int,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> int | None:
    """The person said no to the question asked last; returns its list, None where none was open."""
    key = {"organization": organization_id, "recipient": recipient_id, "needs_start": False, "most": 1}
    row = (await session.execute(_DECLINE, key)).one_or_none()
    if row is None:
        return None
    payload = {"list_id": row.list_id, **evidence}
    await ledger.append(session, organization_id, recipient_id, "opt_in_declined", payload)
    words = declined(row.organization, row.programme, row.language)
    await _end(session, organization_id, row, recipient_id, sender_id, words, answer_by)
    list_id: int = row.list_id
    return list_id


async def _end(
    session: AsyncSession,
    organization_id: int,
    row: sa.Row[Any],
    recipient_id: int,
    sender_id: int,
    words: str,
    answer_by: datetime | None,
) -> None:
    if row.reminder_id is not None:
        key = {"organization": organization_id, "reminder": row.reminder_id, "rank": RANK["stopped"]}
        await session.execute(_TAKE_BACK, key)
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
