"""What the campaign pages read: one campaign, a page of them, and the lists to pick from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.count_models import CampaignPreview, CampaignProgress
from textbank.errors import NotFound
from textbank.language import N_

PAGE = 25
MOST_LISTS_SHOWN = 200
HEADS_COUNTED_TO = 1_000
"""Enough to tell lists apart; a draft's review counts exactly whom it reaches."""

_ONE = sa.text(
    """
    select c.*, s.body, m.name as made_by, w.name as stated_by, h.name as hours_by, o.segment_price,
      o.name as organization
    from campaign c
    join organization o on o.id = c.organization_id
    join script s on s.organization_id = c.organization_id and s.id = c.script_id
    left join member m on m.organization_id = c.organization_id and m.id = c.made_by_id
    left join member w on w.organization_id = c.organization_id and w.id = c.statement_by_id
    left join member h on h.organization_id = c.organization_id and h.id = c.hours_by_id
    where c.organization_id = :organization and c.id = :campaign
    """
)
_PAGE = sa.text(
    """
    select c.id, c.kind, c.name, c.state, c.created_at, c.launched_at, p.audience, p.with_us, p.replied,
      p.delivered
    from campaign c
    left join campaign_progress p on p.organization_id = c.organization_id and p.campaign_id = c.id
    where c.organization_id = :organization and (c.id < :before or :before = 0)
      and (c.state = any(cast(:states as text[])) or cardinality(cast(:states as text[])) = 0)
    order by c.id desc limit :page
    """
)
_HEADS = (
    "(select count(*) from (select from subscription s where s.organization_id = l.organization_id "
    "and s.list_id = l.id and s.state = '{state}' limit {most}) n) as {state}"
)
_LISTS = sa.text(
    "select l.id, l.name, l.frequency, "  # noqa: S608 - our own constants
    + ", ".join(_HEADS.format(state=state, most=HEADS_COUNTED_TO + 1) for state in ("subscribed", "no_basis"))
    + " from (select * from contact_list where organization_id = :organization order by name limit :most) l "
    "order by l.name"
)
_OF_CAMPAIGN = sa.text(
    "select l.id, l.name from campaign_list c join contact_list l on l.organization_id = c.organization_id "
    "and l.id = c.list_id where c.organization_id = :organization and c.campaign_id = :campaign "
    "order by l.name"
)
_WAITING = sa.text(
    """
    select min(w.opens_at) as opens_at from outbox_group g
    join sending_window w on w.organization_id = g.organization_id and w.place = g.place
    where g.organization_id = :organization and g.campaign_id = :campaign and w.opens_at > now()
      and w.opens_at < '9999-01-01'
      and exists (select from outbox o where o.organization_id = g.organization_id and o.group_id = g.id)
    """
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A list that a campaign may be for."""

    id: int
    name: str
    frequency: str
    subscribed: int
    """`HEADS_COUNTED_TO` + 1 stands for any more, here and below."""
    no_basis: int


async def get_campaign(session: AsyncSession, organization_id: int, campaign_id: int) -> Any:
    """A campaign with its words and the names of its people. Raises NotFound."""
    found = (
        await session.execute(_ONE, {"organization": organization_id, "campaign": campaign_id})
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such campaign."))
    return found


async def page_of_campaigns(
    session: AsyncSession, organization_id: int, *, before: int = 0, states: Sequence[str] = ()
) -> tuple[Sequence[Any], int]:
    """Campaigns, newest first, and the id before which the next page begins (0: there is none)."""
    values = {"organization": organization_id, "before": before, "states": list(states), "page": PAGE + 1}
    rows = (await session.execute(_PAGE, values)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0


async def lists_to_pick(session: AsyncSession, organization_id: int) -> list[Choice]:
    """The first two hundred lists by name, with how many are on them."""
    rows = await session.execute(_LISTS, {"organization": organization_id, "most": MOST_LISTS_SHOWN})
    return [Choice(*row) for row in rows]


async def lists_of(session: AsyncSession, organization_id: int, campaign_id: int) -> Sequence[Any]:
    """A campaign's lists."""
    key = {"organization": organization_id, "campaign": campaign_id}
    return (await session.execute(_OF_CAMPAIGN, key)).all()


async def preview_of(session: AsyncSession, organization_id: int, campaign_id: int) -> CampaignPreview | None:
    """What was counted last for a draft."""
    return await session.get(CampaignPreview, (organization_id, campaign_id), populate_existing=True)


async def progress_of(
    session: AsyncSession, organization_id: int, campaign_id: int
) -> CampaignProgress | None:
    """The kept counters."""
    return await session.get(CampaignProgress, (organization_id, campaign_id), populate_existing=True)


async def next_opening(session: AsyncSession, organization_id: int, campaign_id: int) -> Any:
    """When the next of the windows opens that texts of this campaign wait for; None if none does."""
    key = {"organization": organization_id, "campaign": campaign_id}
    return (await session.execute(_WAITING, key)).scalar_one()
