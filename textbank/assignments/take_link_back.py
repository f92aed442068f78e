"""Take a link back, and if wanted everybody who came by it, with what they hold: in one step."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.invites import revoke_invite
from textbank.accounts.member_models import Member
from textbank.assignments.come_by_link import take_off_who_came_by

_CAMPAIGN = sa.text("select campaign_id from invite where organization_id = :organization and id = :invite")
_PEOPLE = sa.text(
    """
    update audience_member m set assigned_member_id = null, assigned_at = null
    from member w join campaign_texter t on t.organization_id = w.organization_id and t.member_id = w.id
    where w.organization_id = :organization and w.invite_id = :invite and w.disabled_at is not null
      and m.organization_id = w.organization_id and m.campaign_id = t.campaign_id
      and m.assigned_member_id = w.id and m.message_id is null
    """
)
_CONVERSATIONS = sa.text(
    "update conversation c set assigned_member_id = null from member w "
    "where w.organization_id = :organization and w.invite_id = :invite and w.disabled_at is not null "
    "and c.organization_id = w.organization_id and c.assigned_member_id = w.id"
)


async def take_link_back(
    session: AsyncSession, organization_id: int, invite_id: int, *, by: Member, and_people: bool
) -> int:
    """End a link; returns how many people went with it. Raises NotFound, NotAllowed."""
    gone = await revoke_invite(session, organization_id, invite_id, by=by, and_people=and_people)
    if and_people:
        key = {"organization": organization_id, "invite": invite_id}
        campaign_id = (await session.execute(_CAMPAIGN, key)).scalar_one()
        if campaign_id is not None:
            gone += await take_off_who_came_by(session, organization_id, invite_id, campaign_id)
        await session.execute(_PEOPLE, key)
        await session.execute(_CONVERSATIONS, key)
    return gone
