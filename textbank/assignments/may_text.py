"""Who may text on which campaign: texters who came by its link, whose team does or who were put there, and
captains on any."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.roles import at_least
from textbank.assignments.keep_practice import must_be_free
from textbank.errors import NotFound
from textbank.language import N_

MOST_COUNTED: Final = 1_000

# Who was removed has a row already, so that coming again by the link changes nothing.
_BY_LINK = sa.text(
    """
    insert into campaign_texter (organization_id, campaign_id, member_id, added_by)
    select w.organization_id, i.campaign_id, w.id, 'invite' from member w
    join invite i on i.organization_id = w.organization_id and i.id = w.invite_id
    where w.organization_id = :organization and w.id = :member and i.campaign_id is not null
    union
    select tc.organization_id, tc.campaign_id, tm.member_id, 'team' from team_member tm
    join team_campaign tc on tc.organization_id = tm.organization_id and tc.team_id = tm.team_id
    join campaign c on c.organization_id = tc.organization_id and c.id = tc.campaign_id and c.kind = 'p2p'
    where tm.organization_id = :organization and tm.member_id = :member
    on conflict do nothing
    """
)
_PUT = sa.text(
    """
    insert into campaign_texter (organization_id, campaign_id, member_id, added_by)
    select c.organization_id, c.id, w.id, :actor from campaign c
    join member w on w.organization_id = c.organization_id and w.id = :member and w.disabled_at is null
    where c.organization_id = :organization and c.id = :campaign and c.kind = 'p2p'
    on conflict (organization_id, campaign_id, member_id) do update set removed_at = null
    """
)
_REMOVE = sa.text(
    """
    with gone as (
      update campaign_texter set removed_at = now() where organization_id = :organization
        and campaign_id = :campaign and member_id = :member)
    update audience_member set assigned_member_id = null, assigned_at = null
    where organization_id = :organization and campaign_id = :campaign and assigned_member_id = :member
      and message_id is null
    """
)
_MINE = sa.text(
    """
    select c.id, c.name, c.state,
      (select count(*) from (select from audience_member m where m.organization_id = :organization
        and m.campaign_id = c.id and m.assigned_member_id = :member and m.message_id is null
        limit :most) n) as held,
      exists (select from audience_member m where m.organization_id = :organization
        and m.campaign_id = c.id and m.message_id is null and m.assigned_member_id is null
        and m.skipped_by_id is null and not m.later) as more
    from campaign_texter t join campaign c on c.organization_id = t.organization_id and c.id = t.campaign_id
    where t.organization_id = :organization and t.member_id = :member and t.removed_at is null
      and c.kind = 'p2p' and c.state in ('running', 'paused')
    order by c.id desc limit 50
    """
)
_WAITING = sa.text(
    "select count(*) from (select from conversation where organization_id = :organization "
    "and assigned_member_id = :member and needs_reply_since is not null "
    "and (snoozed_until is null or snoozed_until <= now()) limit :most) n"
)
_ENTER = sa.text(
    """
    select c.id, c.name, c.state, c.frozen_at is not null as ready, t.member_id is not null as knows,
      t.removed_at
    from campaign c left join campaign_texter t on t.organization_id = c.organization_id
      and t.campaign_id = c.id and t.member_id = :member
    where c.organization_id = :organization and c.id = :campaign and c.kind = 'p2p' and c.state <> 'draft'
    """
)
_NOT_YOURS = N_("There is no such campaign, or you are not texting on it. Ask whoever runs it for its link.")


@dataclass(frozen=True, slots=True)
class MyCampaign:
    """A campaign that a texter works on."""

    id: int
    name: str
    state: str
    held: int
    """First texts in the batch that they have."""
    more: bool
    """Whether anybody waits whom nobody holds."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A campaign that a member may text on."""

    id: int
    name: str
    state: str
    ready: bool
    """Whether all its people are known: a job puts them together, seconds after the launch."""


async def come_to_campaigns(session: AsyncSession, organization_id: int, member_id: int) -> None:
    """Put them on the campaigns of the link by which they came, and of their teams."""
    await session.execute(_BY_LINK, {"organization": organization_id, "member": member_id})


async def my_campaigns(session: AsyncSession, organization_id: int, member_id: int) -> list[MyCampaign]:
    """The campaigns under way that a member texts on, newest first."""
    key = {"organization": organization_id, "member": member_id}
    await come_to_campaigns(session, organization_id, member_id)
    rows = await session.execute(_MINE, {**key, "most": MOST_COUNTED})
    return [MyCampaign(*row) for row in rows]


async def replies_waiting(session: AsyncSession, organization_id: int, member_id: int) -> int:
    """How many conversations of theirs wait for an answer, up to `MOST_COUNTED`."""
    key = {"organization": organization_id, "member": member_id, "most": MOST_COUNTED}
    found: int = (await session.execute(_WAITING, key)).scalar_one()
    return found


async def enter(
    session: AsyncSession, organization_id: int, campaign_id: int, *, member_id: int, role: str
) -> Entered:
    """The campaign, if they may text on it. Raises NotFound, or MustWait where something comes first."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id}
    row = (await session.execute(_ENTER, key)).one_or_none()
    if row is not None and not row.knows:
        await session.execute(_BY_LINK, key)
        if at_least(role, "captain"):
            await session.execute(_PUT, {**key, "actor": f"member {member_id}"})
        row = (await session.execute(_ENTER, key)).one_or_none()
    if row is None or not row.knows or row.removed_at is not None:
        raise NotFound(_NOT_YOURS)
    await must_be_free(session, organization_id, member_id)
    return Entered(row.id, row.name, row.state, row.ready)


async def put_on_campaign(
    session: AsyncSession, organization_id: int, campaign_id: int, member_id: int, *, actor: str
) -> None:
    """Let a member text on a peer-to-peer campaign. Raises NotFound."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id, "actor": actor}
    if (await session.execute(_PUT, key)).rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound(N_("There is no such campaign, or that member is not on the team any more."))
    audit.record(
        session, organization_id, "texter.put", actor=actor, campaign_id=campaign_id, member_id=member_id
    )


async def take_off_campaign(
    session: AsyncSession, organization_id: int, campaign_id: int, member_id: int, *, actor: str
) -> None:
    """End that, and give back what they hold. Their conversations stay theirs until somebody takes them."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id}
    await session.execute(_REMOVE, key)
    audit.record(
        session, organization_id, "texter.removed", actor=actor, campaign_id=campaign_id, member_id=member_id
    )
