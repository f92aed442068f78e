"""Notes about a conversation, for whoever answers it next; the person never reads them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.errors import InvalidInput
from textbank.language import N_

LONGEST: Final = 500
SHOWN: Final = 20

_ADD = sa.text(
    "insert into conversation_note (organization_id, recipient_id, member_id, body) "
    "values (:organization, :recipient, :member, :body)"
)
_NOTES = sa.text(
    """
    select n.id, n.body, n.created_at, coalesce(nullif(w.alias, ''), split_part(w.name, ' ', 1)) as by
    from conversation_note n
    join member w on w.organization_id = n.organization_id and w.id = n.member_id
    where n.organization_id = :organization and n.recipient_id = :recipient
      and (cast(:since as bigint) = 0 or n.member_id = :member or n.created_at >= (select created_at
        from message m where m.organization_id = :organization and m.id = :since))
    order by n.id desc limit :most
    """
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note, by whom and when."""

    id: int
    body: str
    created_at: datetime
    by: str


async def take_note(
    session: AsyncSession, organization_id: int, recipient_id: int, body: str, *, member_id: int
) -> None:
    """Write something down. Raises InvalidInput."""
    words = body.strip()
    if not words or len(words) > LONGEST:
        raise InvalidInput(N_("A note has 1 to {most} characters. Nothing was saved."), most=LONGEST)
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id, "body": words}
    await session.execute(_ADD, key)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))


async def notes_of(
    session: AsyncSession, organization_id: int, recipient_id: int, *, since: int = 0, member_id: int = 0
) -> list[Note]:
    """The latest notes, newest first; with `since`, a text's id, only later ones, and this member's own."""
    key = {"organization": organization_id, "recipient": recipient_id, "most": SHOWN}
    key |= {"since": since, "member": member_id}
    return [Note(*row) for row in await session.execute(_NOTES, key)]
