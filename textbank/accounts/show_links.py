"""Links that can be shown again: of a campaign or a team, with how many came and until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.invites import token_from
from textbank.accounts.sign_in import digest_of
from textbank.errors import NotFound
from textbank.language import N_

_WHAT = """
    select i.id, i.role, i.used, i.head_count, i.expires_at, i.revoked_at, i.seed, i.campaign_id,
      c.name as campaign, i.team_id, t.name as team, o.name as organization
    from invite i join organization o on o.id = i.organization_id
    left join campaign c on c.organization_id = i.organization_id and c.id = i.campaign_id
    left join team t on t.organization_id = i.organization_id and t.id = i.team_id
    where i.organization_id = :organization and i.role = 'texter' and i.for_member_id is null and {where}
"""
_OPEN = " and i.revoked_at is null and i.expires_at > now() order by i.id desc limit 20"
_ONE = sa.text(_WHAT.format(where="i.id = :what"))
_OF_CAMPAIGN = sa.text(_WHAT.format(where="i.campaign_id = :what") + _OPEN)
_OF_TEAM = sa.text(_WHAT.format(where="i.team_id = :what") + _OPEN)
_ID = sa.text("select id from invite where organization_id = :organization and digest = :digest")


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link for texters. `path` is its address without the host; None where it was shown once only."""

    id: int
    used: int
    head_count: int
    expires_at: datetime
    revoked_at: datetime | None
    campaign_id: int | None
    campaign: str | None
    team_id: int | None
    team: str | None
    organization: str
    path: str | None


async def get_link(session: AsyncSession, organization_id: int, invite_id: int, secret: str) -> LinkShown:
    """One link. Raises NotFound."""
    row = (await session.execute(_ONE, {"organization": organization_id, "what": invite_id})).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such link. Nothing was changed."))
    return _shown(organization_id, row, secret)


async def links_of(
    session: AsyncSession,
    organization_id: int,
    secret: str,
    *,
    campaign_id: int | None = None,
    team_id: int | None = None,
) -> list[LinkShown]:
    """The newest links of a campaign, or of a team, that have not run out."""
    statement, what = (_OF_CAMPAIGN, campaign_id) if campaign_id is not None else (_OF_TEAM, team_id)
    rows = await session.execute(statement, {"organization": organization_id, "what": what})
    return [_shown(organization_id, row, secret) for row in rows]


async def id_of_link(session: AsyncSession, organization_id: int, link: str) -> int:
    """The id behind a link that was just made."""
    key = {"organization": organization_id, "digest": digest_of(link.partition(".")[2])}
    found: int = (await session.execute(_ID, key)).scalar_one()
    return found


def _shown(organization_id: int, row: sa.Row[Any], secret: str) -> LinkShown:
    path = f"/join/{organization_id}.{token_from(secret, row.seed)}" if row.seed is not None else None
    return LinkShown(
        row.id,
        row.used,
        row.head_count,
        row.expires_at,
        row.revoked_at,
        row.campaign_id,
        row.campaign,
        row.team_id,
        row.team,
        row.organization,
        path,
    )
