"""What a captain does for a texter on shift: take first texts or replies back, or move the replies."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.assignments.keep_practice import standing_of
from textbank.errors import Conflict, NotFound
from textbank.language import N_

AT_ONCE: Final = 200
_ASK_ANEW: Final = 100

_PEOPLE = sa.text(
    """
    update audience_member m set assigned_member_id = null, assigned_at = null from campaign_texter t
    where t.organization_id = :organization and t.member_id = :member
      and m.organization_id = t.organization_id and m.campaign_id = t.campaign_id
      and m.assigned_member_id = :member and m.message_id is null
    """
)
# Who waits goes on with somebody else; what is answered stays with the one who answered.
_MOVE = sa.text(
    """
    with theirs as materialized (
      select recipient_id from conversation where organization_id = :organization
        and assigned_member_id = :member and needs_reply_since is not null
      order by needs_reply_since, recipient_id limit :most for update)
    update conversation c set assigned_member_id = :to, moved_at = now(), left_by_id = :member,
      snoozed_until = null, seen_to = 0
    from theirs where c.organization_id = :organization and c.recipient_id = theirs.recipient_id
    returning c.recipient_id
    """
)
_TO = sa.text(
    "select id from member where organization_id = :organization and id = :to and disabled_at is null"
)


async def take_back_people(session: AsyncSession, organization_id: int, member_id: int, *, actor: str) -> int:
    """Their first texts in hand go to whoever asks next; returns how many."""
    key = {"organization": organization_id, "member": member_id}
    done = await session.execute(_PEOPLE, key)
    count: int = done.rowcount  # type: ignore[attr-defined]
    _record(session, organization_id, "texter.people_taken_back", actor, member_id, count)
    changes.announce(session, organization_id, changes.of_member(member_id))
    return count


async def take_back_replies(
    session: AsyncSession, organization_id: int, member_id: int, *, actor: str
) -> int:
    """Who waits for them waits for the team now; returns how many."""
    moved = await _move(session, organization_id, member_id, None)
    _record(session, organization_id, "texter.replies_taken_back", actor, member_id, len(moved))
    return len(moved)


async def move_replies(
    session: AsyncSession, organization_id: int, member_id: int, to: int, *, actor: str
) -> int:
    """Who waits for one texter waits for another. Raises NotFound, Conflict for one who may not text."""
    found = (await session.execute(_TO, {"organization": organization_id, "to": to})).one_or_none()
    if found is None or to == member_id:
        raise NotFound(N_("Choose somebody else who is on shift. Nothing was moved."))
    # On trial they answer whom they have texted, and nobody else's people.
    if (await standing_of(session, organization_id, to)).state != "free":
        raise Conflict(N_("They may not text yet. Nothing was moved."))
    moved = await _move(session, organization_id, member_id, to)
    _record(session, organization_id, "texter.replies_moved", actor, member_id, len(moved), to_id=to)
    return len(moved)


async def _move(session: AsyncSession, organization_id: int, member_id: int, to: int | None) -> list[int]:
    values = {"organization": organization_id, "member": member_id, "to": to, "most": AT_ONCE}
    moved = list((await session.execute(_MOVE, values)).scalars())
    _tell(session, organization_id, (member_id, to), moved)
    return moved


def _tell(
    session: AsyncSession, organization_id: int, members: Iterable[int | None], moved: list[int]
) -> None:
    changes.announce(session, organization_id, changes.SHIFT)
    for one in members:
        if one is not None:
            changes.announce(session, organization_id, changes.of_member(one))
    for recipient_id in moved[:_ASK_ANEW]:
        changes.announce(session, organization_id, changes.of_conversation(recipient_id))


def _record(
    session: AsyncSession,
    organization_id: int,
    action: str,
    actor: str,
    member_id: int,
    count: int,
    **more: int,
) -> None:
    audit.record(session, organization_id, action, actor=actor, member_id=member_id, count=count, **more)
