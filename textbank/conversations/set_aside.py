"""Put a conversation aside until later, and remember how far its texter has read."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes, clock
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

LONGEST: Final = timedelta(days=7)

# It waits for an answer from then on, also where the last word was ours: that is what it comes back for.
_SNOOZE = sa.text(
    """
    update conversation set snoozed_until = :until, state = 'open',
      needs_reply_since = coalesce(needs_reply_since, now())
    where organization_id = :organization and recipient_id = :recipient and assigned_member_id = :member
    """
)
_SEEN = sa.text(
    "update conversation set seen_to = :seen where organization_id = :organization "
    "and recipient_id = :recipient and assigned_member_id = :member and seen_to < :seen"
)


async def snooze(
    session: AsyncSession, organization_id: int, recipient_id: int, until: datetime, *, member_id: int
) -> None:
    """Let one's own conversation rest until then, or until they write. Raises InvalidInput, NotFound."""
    if not timedelta(0) < until - clock.now() <= LONGEST:
        raise InvalidInput(N_("Choose a time within the next seven days. Nothing was changed."))
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id}
    if (await session.execute(_SNOOZE, {**key, "until": until})).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(N_("There is no such conversation, or it is somebody else's by now."))
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))


async def mark_seen(
    session: AsyncSession, organization_id: int, recipient_id: int, seen: int, *, member_id: int
) -> None:
    """Its texter has had it on the screen up to this text. Nothing is written where nothing is new."""
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id, "seen": seen}
    await session.execute(_SEEN, key)
