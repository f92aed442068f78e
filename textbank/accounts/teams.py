"""Teams: made and renamed, who is on one, and what it texts on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.speaks import SPOKEN
from textbank.accounts.team_models import Team
from textbank.database import attempt
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

PAGE: Final = 50
LONGEST_NAME: Final = 60

_LIST = sa.text(
    "select id, name, language from team where organization_id = :organization and id > :after "
    "order by id limit :page"
)
_MEMBERS = sa.text(
    """
    select m.id, m.name, m.role, m.languages from team_member t
    join member m on m.organization_id = t.organization_id and m.id = t.member_id and m.disabled_at is null
    where t.organization_id = :organization and t.team_id = :team and t.member_id > :after
    order by t.member_id limit :page
    """
)
_OTHERS = sa.text(
    """
    select m.id, m.name from member m where m.organization_id = :organization and m.disabled_at is null
      and not exists (select from team_member t where t.organization_id = m.organization_id
        and t.team_id = :team and t.member_id = m.id)
    order by m.id desc limit 200
    """
)
_CAMPAIGNS = sa.text(
    """
    select c.id, c.name, t.team_id is not null as theirs from campaign c
    left join team_campaign t on t.organization_id = c.organization_id and t.campaign_id = c.id
      and t.team_id = :team
    where c.organization_id = :organization and c.kind = 'p2p'
      and c.state in ('scheduled', 'running', 'paused')
    order by c.id desc limit 50
    """
)
_PUT_MEMBER = sa.text(
    "insert into team_member (organization_id, team_id, member_id) select :organization, :team, id "
    "from member where organization_id = :organization and id = :what and disabled_at is null "
    "on conflict do nothing"
)
_TAKE_MEMBER = sa.text(
    "delete from team_member where organization_id = :organization and team_id = :team and member_id = :what"
)
_PUT_CAMPAIGN = sa.text(
    "insert into team_campaign (organization_id, team_id, campaign_id) select :organization, :team, id "
    "from campaign where organization_id = :organization and id = :what and kind = 'p2p' "
    "on conflict do nothing"
)
_TAKE_CAMPAIGN = sa.text(
    "delete from team_campaign where organization_id = :organization and team_id = :team "
    "and campaign_id = :what"
)


@dataclass(frozen=True, slots=True)
class TeamMemberShown:
    """Somebody on a team."""

    id: int
    name: str
    role: str
    languages: list[str]


async def list_teams(
    session: AsyncSession, organization_id: int, *, after: int = 0
) -> tuple[Sequence[sa.Row[Any]], int | None]:
    """One page of teams (id, name, language), and where the next one begins."""
    key = {"organization": organization_id, "after": after, "page": PAGE + 1}
    rows = (await session.execute(_LIST, key)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def get_team(session: AsyncSession, organization_id: int, team_id: int) -> Team:
    """A team by id. Raises NotFound."""
    team = await session.get(Team, (organization_id, team_id))
    if team is None:
        raise NotFound(N_("There is no such team. Nothing was changed."))
    return team


async def save_team(
    session: AsyncSession,
    organization_id: int,
    *,
    name: str,
    language: str,
    actor: str,
    team: Team | None = None,
) -> Team:
    """Make a team, or change it. Raises InvalidInput, Conflict for a name that is taken."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput(N_("Give the team a name of up to 60 characters. Nothing was kept."))
    if language and language not in SPOKEN:
        raise InvalidInput(N_("Choose from the languages that are offered. Nothing was kept."))
    action = "team.made" if team is None else "team.changed"
    team = team or Team(organization_id=organization_id, name=name)
    try:
        async with attempt(session):
            team.name, team.language = name, language
            session.add(team)
    except IntegrityError as error:
        raise Conflict(N_("There is a team with the name “{name}” already."), name=name) from error
    audit.record(session, organization_id, action, actor=actor, team_id=team.id, name=name)
    return team


async def members_of(
    session: AsyncSession, organization_id: int, team_id: int, *, after: int = 0
) -> tuple[list[TeamMemberShown], int | None]:
    """One page of who is on it, and where the next one begins."""
    key = {"organization": organization_id, "team": team_id, "after": after, "page": PAGE + 1}
    rows = [TeamMemberShown(*row) for row in await session.execute(_MEMBERS, key)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def who_could_join(session: AsyncSession, organization_id: int, team_id: int) -> Sequence[sa.Row[Any]]:
    """The newest members who are not on it: id, name."""
    return (await session.execute(_OTHERS, {"organization": organization_id, "team": team_id})).all()


async def campaigns_of(session: AsyncSession, organization_id: int, team_id: int) -> Sequence[sa.Row[Any]]:
    """Peer-to-peer campaigns under way: id, name, and whether the team texts on it."""
    return (await session.execute(_CAMPAIGNS, {"organization": organization_id, "team": team_id})).all()


async def put_member(session: AsyncSession, organization_id: int, team_id: int, member_id: int) -> None:
    """Put a member on the team."""
    await _change(session, _PUT_MEMBER, organization_id, team_id, member_id)


async def take_member(session: AsyncSession, organization_id: int, team_id: int, member_id: int) -> None:
    """Take a member off it; what they text on already stays theirs."""
    await _change(session, _TAKE_MEMBER, organization_id, team_id, member_id)


async def put_campaign(session: AsyncSession, organization_id: int, team_id: int, campaign_id: int) -> None:
    """Let the team's members text on a campaign."""
    await _change(session, _PUT_CAMPAIGN, organization_id, team_id, campaign_id)


async def take_campaign(session: AsyncSession, organization_id: int, team_id: int, campaign_id: int) -> None:
    """Bring nobody more to it. Who texts on it already is taken off on the campaign's own page."""
    await _change(session, _TAKE_CAMPAIGN, organization_id, team_id, campaign_id)


async def _change(
    session: AsyncSession, statement: sa.TextClause, organization_id: int, team_id: int, what: int
) -> None:
    await session.execute(statement, {"organization": organization_id, "team": team_id, "what": what})
