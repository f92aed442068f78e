"""Do what a person chose by text (LIST, PAUSE, LESS, leaving one list) and say so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent.leave_one_list import OnList, leave_one_list, lists_of
from textbank.contacts.place import Place
from textbank.inbound.leave_by_text import Leaving, leave_word
from textbank.keywords import preference_words as words
from textbank.keywords.preferences import Preference
from textbank.messaging.choose_pace import end_break, take_a_break, want_all, want_fewer
from textbank.messaging.enqueue import enqueue

_ABOUT = sa.text(
    "select o.name, r.place, r.less_since is not null as less from recipient r join organization o "
    "on o.id = r.organization_id where r.organization_id = :organization and r.id = :recipient"
)


async def answer_leaving(
    session: AsyncSession,
    organization_id: int,
    leaving: Leaving,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> None:
    """Take them off the one list; say what remains and how to stop all."""
    await leave_one_list(session, organization_id, recipient_id, leaving.list.id, evidence)
    about = await _about(session, organization_id, recipient_id)
    remaining = [one.name for one in await lists_of(session, organization_id, recipient_id)]
    said = words.left_answer(about.name, leaving.language, leaving.list.name, remaining)
    await _say(session, organization_id, recipient_id, sender_id, said, answer_by)


async def answer_preference(
    session: AsyncSession,
    organization_id: int,
    chosen: Preference,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> bool:
    """Do it; false where it would change nothing and so may be meant for a person (MORE, RESUME)."""
    about = await _about(session, organization_id, recipient_id)
    language = chosen.language
    match chosen.choice:
        case "lists":
            said = _lists(about.name, language, await lists_of(session, organization_id, recipient_id))
        case "rest":
            until = await take_a_break(
                session, organization_id, recipient_id, days=chosen.days, evidence=evidence
            )
            there = until.astimezone(ZoneInfo(Place.from_key(about.place).zones[0]))
            said = words.rest_answer(about.name, language, there.date())
        case "resume" if await end_break(session, organization_id, recipient_id, evidence=evidence):
            said = words.resumed_answer(about.name, language)
        case "fewer":
            await want_fewer(session, organization_id, recipient_id, evidence=evidence)
            said = words.fewer_answer(about.name, language)
        case "as_many" if about.less:
            await want_all(session, organization_id, recipient_id, evidence=evidence)
            said = words.as_many_answer(about.name, language)
        case _:
            return False
    await _say(session, organization_id, recipient_id, sender_id, said, answer_by)
    return True


def _lists(organization: str, language: str, lists: Sequence[OnList]) -> str:
    word = next((word for one in lists if (word := leave_word(one)) is not None), None)
    return words.lists_answer(organization, language, [one.name for one in lists], word)


async def _about(session: AsyncSession, organization_id: int, recipient_id: int) -> sa.Row[Any]:
    return (await session.execute(_ABOUT, {"organization": organization_id, "recipient": recipient_id})).one()


async def _say(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    sender_id: int,
    body: str,
    answer_by: datetime | None,
) -> None:
    if answer_by is not None:
        await enqueue(
            session,
            organization_id,
            recipient_id=recipient_id,
            sender_id=sender_id,
            purpose="preference_answer",
            body=body,
            expires_at=answer_by,
        )
