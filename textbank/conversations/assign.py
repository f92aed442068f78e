"""Give a conversation to a member, and close it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.errors import NotFound
from textbank.language import N_

# From whom it was taken is remembered: they are told, and it is not offered to them again.
_ASSIGN = sa.text(
    """
    with held as (
      select recipient_id, assigned_member_id as before from conversation
      where organization_id = :organization and recipient_id = :recipient for update)
    update conversation c set assigned_member_id = :member, state = 'open', snoozed_until = null,
      wants = case when cast(:member as bigint) is null then c.wants else '' end,
      wants_language = case when cast(:member as bigint) is null then c.wants_language else '' end,
      moved_at = case when held.before is distinct from :member then now() else c.moved_at end,
      left_by_id = case when held.before is distinct from :member then held.before else c.left_by_id end
    from held where c.organization_id = :organization and c.recipient_id = held.recipient_id and (
      cast(:member as bigint) is null or exists (select from member w where w.organization_id = :organization
        and w.id = :member and w.disabled_at is null))
    returning held.before
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
    found = (await session.execute(_ASSIGN, key)).one_or_none()
    if found is None:
        raise NotFound(_GONE)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
    for one in {found.before, member_id} - {None}:
        changes.announce(session, organization_id, changes.of_member(one))


async def close(session: AsyncSession, organization_id: int, recipient_id: int) -> None:
    """Nothing is left to answer. The next text of theirs opens it again."""
    await session.execute(_CLOSE, {"organization": organization_id, "recipient": recipient_id})
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))
