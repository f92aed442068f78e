"""How fast blasts leave by all numbers of the pool together, as far as their limits tell."""

from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.pace_to_replies import ease_of
from textbank.carriers_day import ROOM

# Carriers' limits of a registered campaign and of a brand count only the texts to that carrier's phones, so
# each is divided by their share.
_PACE = sa.text(
    f"""
    with sending as (
      select s.registered_campaign_id as campaign_id, sum(s.segments_per_second) as pace from sender s
      join carrier_account a on a.organization_id = s.organization_id and a.id = s.carrier_account_id
        and a.halted_at is null
      where s.organization_id = :organization and s.halted_at is null and s.pooled
        and s.registration = 'registered'
      group by s.registered_campaign_id),
    limited as (
      select k.brand_id, least(x.pace, k.segments_per_minute / 60.0 / k.minute_share) as pace
      from sending x left join registered_campaign k on k.organization_id = :organization
        and k.id = x.campaign_id),
    brands as (
      select b.day_cap / b.day_share as a_day, {ROOM} as room from brand b
      where b.organization_id = :organization and b.id in (select brand_id from limited))
    select (select sum(pace) from limited) as a_second,
      (select sum(a_day) from brands) as a_day, (select sum(room) from brands) as room,
      (select count(*) from limited where brand_id is null)
        + (select count(*) from brands where a_day is null) as uncapped
    """  # noqa: S608 - the interpolated fragment is our own constant
)

_OTHERS = sa.text(
    """
    select coalesce(sum(p.with_us), 0) from campaign c
    join campaign_progress p on p.organization_id = c.organization_id and p.campaign_id = c.id
    where c.organization_id = :organization and c.state = 'running' and c.kind = 'blast'
      and c.id <> :campaign
    """
)
_IS_PACED = sa.text(
    "select paced_to_replies from campaign where organization_id = :organization and id = :campaign"
)


@dataclass(frozen=True, slots=True)
class PaceOfSenders:
    """Segments a second, and a day where the carriers cap that; or texts, after `in_texts`."""

    a_second: float
    a_day: float | None = None
    room_today: float = 0.0

    def in_texts(self, segments_each: float) -> "PaceOfSenders":
        """The same in texts of this many segments."""
        each = max(1.0, segments_each)
        a_day = None if self.a_day is None else self.a_day / each
        return replace(self, a_second=self.a_second / each, a_day=a_day, room_today=self.room_today / each)


async def eased(
    session: AsyncSession, organization_id: int, campaign_id: int, pace: PaceOfSenders | None
) -> PaceOfSenders | None:
    """The pace in texts, slowed where the campaign is paced to its replies; None where nobody is on hand."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if pace is None or not (await session.execute(_IS_PACED, key)).scalar_one():
        return pace
    ease = await ease_of(session, organization_id, campaign_id)
    if not ease.texts_a_second:
        return None
    return replace(pace, a_second=min(pace.a_second, ease.texts_a_second))


async def others_waiting(session: AsyncSession, organization_id: int, campaign_id: int = 0) -> int:
    """Texts of other blasts under way, as counted last: they take turns with this one."""
    key = {"organization": organization_id, "campaign": campaign_id}
    return int((await session.execute(_OTHERS, key)).scalar_one())


async def pace_of_senders(session: AsyncSession, organization_id: int) -> PaceOfSenders | None:
    """The pace; None where no number may send. It is capped by the day where all numbers are."""
    row = (await session.execute(_PACE, {"organization": organization_id})).one()
    if not row.a_second:
        return None
    if row.uncapped or row.a_day is None:
        return PaceOfSenders(float(row.a_second))
    return PaceOfSenders(float(row.a_second), float(row.a_day), float(row.room))
