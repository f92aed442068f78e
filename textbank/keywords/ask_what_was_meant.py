"""Somebody wrote almost a keyword: "Did you mean JOIN?", and their YES."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.keywords.models import Keyword
from textbank.messaging.enqueue import enqueue

OPEN_FOR: Final = timedelta(hours=48)

_WORDS: Final = {
    "en": "{organization}: Did you mean {word}? Reply YES to join {programme}. STOP for no more texts.",
    "es": "{organization}: Quisiste decir {word}? Responde SI para unirte a {programme}. STOP para no "
    "recibir nada.",
}
_ABOUT = sa.text(
    "select o.name as organization, l.name as programme from organization o "
    "join contact_list l on l.organization_id = o.id where o.id = :organization and l.id = :list"
)
_ASK = sa.text(
    "insert into meant_keyword (organization_id, recipient_id, keyword_id) "
    "values (:organization, :recipient, :keyword) on conflict (organization_id, recipient_id) "
    "do update set keyword_id = excluded.keyword_id, asked_at = now()"
)
_TAKE = sa.text(
    "delete from meant_keyword where organization_id = :organization and recipient_id = :recipient "
    "returning keyword_id, asked_at > now() - cast(:open_for as interval) as open"
)


async def ask_what_was_meant(
    session: AsyncSession, keyword: Keyword, *, recipient_id: int, sender_id: int, answer_by: datetime
) -> None:
    """Ask; their YES within two days is the keyword."""
    organization_id = keyword.organization_id
    about = (await session.execute(_ABOUT, {"organization": organization_id, "list": keyword.list_id})).one()
    given = {"organization": organization_id, "recipient": recipient_id, "keyword": keyword.id}
    await session.execute(_ASK, given)
    await enqueue(
        session,
        organization_id,
        recipient_id=recipient_id,
        sender_id=sender_id,
        purpose="keyword_answer",
        body=_WORDS[keyword.language].format(
            organization=about.organization, word=keyword.word, programme=about.programme
        ),
        expires_at=answer_by,
    )


async def take_what_was_meant(
    session: AsyncSession, organization_id: int, recipient_id: int
) -> Keyword | None:
    """The keyword that we asked about, if the question is open and it is in use still; asked once only."""
    key = {"organization": organization_id, "recipient": recipient_id, "open_for": OPEN_FOR}
    row = (await session.execute(_TAKE, key)).one_or_none()
    if row is None or not row.open:
        return None
    keyword = await session.get_one(Keyword, (organization_id, row.keyword_id))
    return keyword if keyword.retired_at is None else None
