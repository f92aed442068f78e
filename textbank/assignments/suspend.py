"""Suspend a texter and take back what they hold, in one step with a reason; and let them go on."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

LONGEST_REASON = 200
_ASK_ANEW = 100
"""Screens are told of so many conversations one by one; the others they see when they look again."""

_SUSPEND = sa.text(
    "update member set suspended_at = now(), suspended_because = :because "
    "where organization_id = :organization and id = :member and role = 'texter' "
    "and disabled_at is null and suspended_at is null returning id"
)
_TAKE_BACK_PEOPLE = sa.text(
    """
    update audience_member m set assigned_member_id = null, assigned_at = null from campaign_texter t
    where t.organization_id = :organization and t.member_id = :member
      and m.organization_id = t.organization_id and m.campaign_id = t.campaign_id
      and m.assigned_member_id = :member and m.message_id is null
    """
)
_TAKE_BACK_CONVERSATIONS = sa.text(
    "update conversation set assigned_member_id = null where organization_id = :organization "
    "and assigned_member_id = :member returning recipient_id"
)
_GO_ON = sa.text(
    "update member set suspended_at = null, suspended_because = '' where organization_id = :organization "
    "and id = :member and suspended_at is not null returning id"
)
# What had happened before counts no more (`watch_texters.py`).
_FORGIVE = sa.text("delete from texter_tally where organization_id = :organization and member_id = :member")
# What nobody has taken meanwhile, of the newest: whoever they texted first is theirs again.
_GIVE_BACK = sa.text(
    """
    with free as materialized (
      select recipient_id, campaign_id from conversation where organization_id = :organization
        and assigned_member_id is null and state = 'open'
      order by last_message_at desc, recipient_id desc limit 2000)
    update conversation c set assigned_member_id = :member from free
    where c.organization_id = :organization and c.recipient_id = free.recipient_id
      and c.assigned_member_id is null
      and exists (select from audience_member a where a.organization_id = :organization
        and a.campaign_id = free.campaign_id and a.recipient_id = free.recipient_id
        and a.assigned_member_id = :member and a.message_id is not null)
    returning c.recipient_id
    """
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many people of a batch, and how many conversations, others may have now."""

    people: int
    conversations: int


async def suspend(
    session: AsyncSession, organization_id: int, member_id: int, *, because: str, actor: str
) -> TakenBack:
    """They send nothing from now on, and others go on with whom they had. Raises InvalidInput, Conflict."""
    because = " ".join(because.split())[:LONGEST_REASON]
    if not because:
        raise InvalidInput(N_("Say why: the texter reads it. Nothing was changed."))
    key = {"organization": organization_id, "member": member_id}
    if (await session.execute(_SUSPEND, {**key, "because": because})).one_or_none() is None:
        raise Conflict(N_("Only a texter who may text now can be suspended. Nothing was changed."))
    people: int = (await session.execute(_TAKE_BACK_PEOPLE, key)).rowcount  # type: ignore[attr-defined]
    conversations = (await session.execute(_TAKE_BACK_CONVERSATIONS, key)).scalars().all()
    audit.record(
        session,
        organization_id,
        "texter.suspended",
        actor=actor,
        member_id=member_id,
        because=because,
        people=people,
        conversations=len(conversations),
    )
    _tell(session, organization_id, conversations)
    return TakenBack(people, len(conversations))


async def let_go_on(session: AsyncSession, organization_id: int, member_id: int, *, actor: str) -> None:
    """They may text again, and get back the conversations that nobody took. Raises Conflict."""
    key = {"organization": organization_id, "member": member_id}
    if (await session.execute(_GO_ON, key)).one_or_none() is None:
        raise Conflict(N_("They may text already. Nothing was changed."))
    await session.execute(_FORGIVE, key)
    conversations = (await session.execute(_GIVE_BACK, key)).scalars().all()
    audit.record(session, organization_id, "texter.let_go_on", actor=actor, member_id=member_id)
    _tell(session, organization_id, conversations)


def _tell(session: AsyncSession, organization_id: int, conversations: Sequence[int]) -> None:
    changes.announce(session, organization_id, changes.TEXTERS)
    for recipient_id in conversations[:_ASK_ANEW]:
        changes.announce(session, organization_id, changes.of_conversation(recipient_id))
