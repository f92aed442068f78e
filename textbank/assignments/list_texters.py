"""Who texts on a campaign, and who of the team could."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE: Final = 100

_LIST = sa.text(
    """
    select w.id, w.name, t.active_at,
      (select count(*) from (select from audience_member m where m.organization_id = :organization
        and m.campaign_id = :campaign and m.assigned_member_id = w.id and m.message_id is null
        limit 1000) n) as held,
      (select count(*) from (select from conversation c where c.organization_id = :organization
        and c.assigned_member_id = w.id and c.needs_reply_since is not null limit 1000) n) as waiting
    from campaign_texter t join member w on w.organization_id = t.organization_id and w.id = t.member_id
    where t.organization_id = :organization and t.campaign_id = :campaign and t.removed_at is null
      and w.disabled_at is null and w.id > :after
    order by w.id limit :most
    """
)
_OTHERS = sa.text(
    """
    select w.id, w.name from member w where w.organization_id = :organization and w.disabled_at is null
      and not exists (select from campaign_texter t where t.organization_id = w.organization_id
        and t.campaign_id = :campaign and t.member_id = w.id and t.removed_at is null)
    order by w.id desc limit :most
    """
)


@dataclass(frozen=True, slots=True)
class Texter:
    """A member on a campaign: how many they hold unsent, and how many of theirs wait for an answer."""

    id: int
    name: str
    active_at: datetime
    held: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Other:
    """A member who is not on it."""

    id: int
    name: str


async def list_texters(
    session: AsyncSession, organization_id: int, campaign_id: int, *, after: int = 0
) -> tuple[list[Texter], int | None]:
    """One page, and where the next one begins."""
    key = {"organization": organization_id, "campaign": campaign_id, "after": after, "most": PAGE + 1}
    rows = [Texter(*row) for row in await session.execute(_LIST, key)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def who_could_text(session: AsyncSession, organization_id: int, campaign_id: int) -> list[Other]:
    """The newest members who are not on the campaign."""
    key = {"organization": organization_id, "campaign": campaign_id, "most": 2 * PAGE}
    return [Other(*row) for row in await session.execute(_OTHERS, key)]
