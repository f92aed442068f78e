"""What needs a person now, for the start page: in one statement that stops counting at a thousand."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

MOST_COUNTED = 1_000
"""Beyond this a page says "1,000+": nobody answers the thousandth reply sooner for knowing of the next."""

_NOW = sa.text(
    """
    select
      (select count(*) from (select from conversation where organization_id = :organization
        and needs_reply_since is not null limit :most) waiting) as replies,
      (select min(needs_reply_since) from conversation where organization_id = :organization
        and needs_reply_since is not null) as waiting_since,
      (select count(*) from (select from recipient where organization_id = :organization
        and review_since is not null limit :most) unclear) as reviews,
      (select count(*) from (select from conversation where organization_id = :organization
        and alert_since is not null limit :most) alarming) as alerts,
      (select count(*) from sender where organization_id = :organization) as senders,
      exists (select from contact where organization_id = :organization) as people,
      exists (select from keyword where organization_id = :organization) as keywords,
      exists (select from campaign where organization_id = :organization and launched_at is not null)
        as launched
    """
)
_TROUBLE = sa.text(
    """
    select 'account' as what, account_sid as name, halted_reason as reason, halted_at as since
      from carrier_account where organization_id = :organization and halted_at is not null
    union all
    select 'sender', address, halted_reason, halted_at
      from sender where organization_id = :organization and halted_at is not null
    union all
    select 'hold', account_sid, null, held_since
      from carrier_account where organization_id = :organization and held_since is not null
    order by since limit 20
    """
)
_CAMPAIGNS = sa.text(
    """
    select id, name, kind, state, coalesce(paused_because, '') from campaign
    where organization_id = :organization and state in ('scheduled', 'running', 'paused')
    order by id desc limit 10
    """
)
_NOT_BEGUN = sa.text(
    "select id, name, not_begun from campaign where organization_id = :organization and state = 'draft' "
    "and not_begun <> '' order by id desc limit 10"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps texts from leaving: `account`, `sender` or `hold`."""

    what: str
    name: str
    reason: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Underway:
    """A campaign that is scheduled, runs or is paused."""

    id: int
    name: str
    kind: str
    state: str
    paused_because: str


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A campaign that could not begin when it was due, and why."""

    id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Attention:
    """What the start page shows."""

    replies: int
    waiting_since: datetime | None
    reviews: int
    alerts: int
    senders: int
    people: bool
    keywords: bool
    launched: bool
    trouble: list[Trouble]
    campaigns: list[Underway]
    not_begun: list[NotBegun]


async def attention(session: AsyncSession, organization_id: int) -> Attention:
    """Look at what waits for a person in this organization."""
    key = {"organization": organization_id}
    now = (await session.execute(_NOW, {**key, "most": MOST_COUNTED})).one()
    trouble = [Trouble(*row) for row in await session.execute(_TROUBLE, key)]
    campaigns = [Underway(*row) for row in await session.execute(_CAMPAIGNS, key)]
    not_begun = [NotBegun(*row) for row in await session.execute(_NOT_BEGUN, key)]
    return Attention(**now._mapping, trouble=trouble, campaigns=campaigns, not_begun=not_begun)
