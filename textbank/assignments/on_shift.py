"""Who is on shift, as captains see it: what each holds, who waits for them, and who waits for nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

PAGE: Final = 50
ON_SHIFT: Final = timedelta(minutes=25)
"""Somebody whose browser asked for anything since then; it says so at most every five minutes."""
MOST_COUNTED: Final = 100
_LOOKED_THROUGH: Final = 1_000
_CAMPAIGNS: Final = 20

_SHIFT = sa.text(
    """
    with here as materialized (
      select s.member_id, max(s.seen_at) as seen_at from sign_in s
      where s.organization_id = :organization and s.ended_at is null
        and s.seen_at > now() - cast(:on_shift as interval) and s.member_id > :after
      group by s.member_id order by s.member_id limit :most)
    select w.id, w.name, w.role, w.suspended_at, w.languages, here.seen_at, people.held,
      replies.waiting, replies.oldest
    from here join member w on w.organization_id = :organization and w.id = here.member_id
      and w.disabled_at is null
    cross join lateral (
      select count(*) as held from (
        select from (select campaign_id from campaign_texter t where t.organization_id = :organization
            and t.member_id = w.id and t.removed_at is null order by campaign_id desc limit :campaigns) t
        join audience_member m on m.organization_id = :organization and m.campaign_id = t.campaign_id
          and m.assigned_member_id = w.id and m.message_id is null
        limit :counted) n) people
    cross join lateral (
      select count(*) as waiting, min(needs_reply_since) as oldest from (
        select needs_reply_since from conversation where organization_id = :organization
          and assigned_member_id = w.id and needs_reply_since is not null
        order by needs_reply_since limit :counted) n) replies
    order by w.id
    """
)
_NOBODYS = sa.text(
    """
    select language, count(*) as people, min(since) as oldest from (
      select case when v.wants = 'language' then v.wants_language else coalesce(p.language, 'en') end
          as language, v.needs_reply_since as since
      from (select recipient_id, wants, wants_language, needs_reply_since from conversation
        where organization_id = :organization and assigned_member_id is null
          and needs_reply_since is not null and wants <> 'staff' limit :most) v
      left join lateral (
        select c.language from contact_number n
        join contact c on c.organization_id = n.organization_id and c.id = n.contact_id
        where n.organization_id = :organization and n.recipient_id = v.recipient_id and n.until is null
        order by n.id limit 1) p on true) each
    group by language order by people desc, language
    """
)
_FOR_STAFF = sa.text(
    "select count(*) from (select from conversation where organization_id = :organization "
    "and wants = 'staff' and needs_reply_since is not null limit :most) n"
)


@dataclass(frozen=True, slots=True)
class OnShift:
    """Somebody whose page was open a moment ago."""

    id: int
    name: str
    role: str
    suspended_at: datetime | None
    languages: list[str]
    seen_at: datetime
    held: int
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Nobodys:
    """People who write in one language and whom nobody has."""

    language: str
    people: int
    oldest: datetime


async def on_shift(
    session: AsyncSession, organization_id: int, *, after: int = 0
) -> tuple[list[OnShift], int | None]:
    """One page, and where the next one begins."""
    key = {
        "organization": organization_id,
        "after": after,
        "most": PAGE + 1,
        "on_shift": ON_SHIFT,
        "counted": MOST_COUNTED,
        "campaigns": _CAMPAIGNS,
    }
    rows = [OnShift(*row) for row in await session.execute(_SHIFT, key)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


async def nobodys_by_language(session: AsyncSession, organization_id: int) -> list[Nobodys]:
    """Who waits for nobody in particular, of the first thousand."""
    key = {"organization": organization_id, "most": _LOOKED_THROUGH}
    return [Nobodys(*row) for row in await session.execute(_NOBODYS, key)]


async def count_for_staff(session: AsyncSession, organization_id: int) -> int:
    """How many were handed to staff, as far as it is counted."""
    key = {"organization": organization_id, "most": MOST_COUNTED}
    found: int = (await session.execute(_FOR_STAFF, key)).scalar_one()
    return found
