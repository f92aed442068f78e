"""Somebody who is signed in opens another link: they are put on its campaign and team, as who they are."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.invites import OpenInvite, use_invite
from textbank.accounts.start_texting import put_on_team

_KNOWN = sa.text(
    """
    select (cast(:campaign as bigint) is null or exists (select from campaign_texter
        where organization_id = :organization and campaign_id = :campaign and member_id = :member))
      and (cast(:team as bigint) is null or exists (select from team_member
        where organization_id = :organization and team_id = :team and member_id = :member))
    """
)
# Whoever was removed has a row already, so that coming again by a link changes nothing.
_PUT = sa.text(
    "insert into campaign_texter (organization_id, campaign_id, member_id, added_by) "
    "values (:organization, :campaign, :member, :by) on conflict do nothing"
)
_TAKE_OFF = sa.text(
    """
    with gone as (
      update campaign_texter set removed_at = now() where organization_id = :organization
        and campaign_id = :campaign and added_by = :by and removed_at is null returning member_id),
    back as (
      update audience_member m set assigned_member_id = null, assigned_at = null from gone
      where m.organization_id = :organization and m.campaign_id = :campaign
        and m.assigned_member_id = gone.member_id and m.message_id is null)
    select count(*) from gone
    """
)


def _by(invite_id: int) -> str:
    return f"invite {invite_id}"


async def come_by_link(
    session: AsyncSession, organization_id: int, invite: OpenInvite, member_id: int
) -> None:
    """Put a member on what the link is for; counted once. Raises NotFound where its head count is reached."""
    key = {"organization": organization_id, "campaign": invite.campaign_id, "member": member_id}
    if (await session.execute(_KNOWN, {**key, "team": invite.team_id})).scalar_one():
        return
    await use_invite(session, organization_id, invite.id)
    if invite.campaign_id is not None:
        await session.execute(_PUT, {**key, "by": _by(invite.id)})
    if invite.team_id is not None:
        await put_on_team(session, organization_id, invite.team_id, member_id)


async def take_off_who_came_by(
    session: AsyncSession, organization_id: int, invite_id: int, campaign_id: int
) -> int:
    """Take those off the campaign who were members before they came by this link; how many they were.

    Whoever became a member by it is taken out altogether (`accounts/invites.py`).
    """
    key = {"organization": organization_id, "campaign": campaign_id, "by": _by(invite_id)}
    gone: int = (await session.execute(_TAKE_OFF, key)).scalar_one()
    return gone
