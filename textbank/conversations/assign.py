"""Give a conversation to a member, and close it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.errors import NotFound
from textbank.language import N_

_ASSIGN = sa.text(
    """
    update conversation set assigned_member_id = :member, state = 'open', snoozed_until = null,
      wants = case when cast(:member as bigint) is null then wants else '' end,
      wants_language = case when cast(:member as bigint) is null then wants_language else '' end
    where organization_id = :organization and recipient_id = :recipient and (
      cast(:member as bigint) is null or exists (select from member w where w.organization_id = :organization
        and w.id = :member and w.disabled_at is null))
    """
)
_CLOSE = sa.text(
    "update conversation set state = 'closed', needs_reply_since = null, alert_since = null, "
    "snoozed_until = null, wants = '', wants_language = '' "
    "where organization_id = :organization and recipient_id = :recipient"
)
_GONE = N_("There is no such conversation, or that member is not on the team any more. Nothing was changed.")


async def assign(
    session: AsyncSession, organization_id: int, recipient_id: int, member_id: int | None
) -> None:
    """Make a member, or nobody, the one who answers. Raises NotFound."""
    key = {"organization": organization_id, "recipient": recipient_id, "member": member_id}
    if (await session.execute(_ASSIGN, key)).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(_GONE)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    if member_id is not None:
        changes.announce(session, organization_id, changes.of_member(member_id))


async def close(session: AsyncSession, organization_id: int, recipient_id: int) -> None:
    """Nothing is left to answer. The next text of theirs opens it again."""
    await session.execute(_CLOSE, {"organization": organization_id, "recipient": recipient_id})
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
