"""Give a conversation back for somebody else to answer: staff, or a speaker of a language."""

from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.accounts.speaks import SPOKEN
from textbank.conversations.take_note import take_note
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

Wants = Literal["staff", "language"]

# Only by the one who answers it: whom it was taken from meanwhile hands nothing over.
_GIVE = sa.text(
    """
    update conversation set assigned_member_id = null, wants = :wants, wants_language = :language,
      state = 'open', snoozed_until = null, needs_reply_since = coalesce(needs_reply_since, now())
    where organization_id = :organization and recipient_id = :recipient and assigned_member_id = :member
    """
)


async def hand_over(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    wants: Wants,
    *,
    member_id: int,
    language: str = "",
    note: str = "",
) -> None:
    """It is nobody's now and waits for whom it wants. Raises InvalidInput, NotFound."""
    if wants == "language" and language not in SPOKEN:
        raise InvalidInput(N_("Choose the language that they write in. Nothing was changed."))
    key = {
        "organization": organization_id,
        "recipient": recipient_id,
        "member": member_id,
        "wants": wants,
        "language": language if wants == "language" else "",
    }
    if (await session.execute(_GIVE, key)).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(N_("There is no such conversation, or it is somebody else's by now."))
    if note.strip():
        await take_note(session, organization_id, recipient_id, note, member_id=member_id)
    audit.record(
        session,
        organization_id,
        "conversation.handed_over",
        actor=f"member {member_id}",
        recipient_id=recipient_id,
        wants=wants,
    )
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
