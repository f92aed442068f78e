"""Hand the next people of a campaign to a texter: each to one texter, and only whom one may text now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.assignments.keep_practice import standing_of
from textbank.campaigns.own_batches import BATCH
from textbank.messaging.caps import CAPPED_UNTIL
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.refresh_windows import refresh_windows

NOTED_EVERY: Final = timedelta(seconds=10)
"""How often a press is written down as a sign of life (`press.py`): nobody is called silent any sooner."""

SCANS: Final = (100, 400, 2_000, 2_000, 2_000, 2_000)
"""How many people are looked through, one portion after the other, for some whose window is open: mostly
the first few have it, and three hundred texters must not each read two thousand people for twenty."""

# What others hold who went silent is free again; and whose hours are over is for whoever texts tomorrow.
_LET_GO = sa.text(
    """
    with silent as (
      update audience_member m set assigned_member_id = null, assigned_at = null
      from campaign_texter t join campaign c on c.organization_id = t.organization_id and c.id = t.campaign_id
      where t.organization_id = :organization and t.campaign_id = :campaign
        and t.active_at < now() - c.holding_minutes * interval '1 minute' - cast(:slack as interval)
        and t.member_id <> :member
        and m.organization_id = t.organization_id and m.campaign_id = t.campaign_id
        and m.assigned_member_id = t.member_id and m.message_id is null),
    closed as (
      update audience_member m set assigned_member_id = null, assigned_at = null
      from recipient r, campaign c
      where m.organization_id = :organization and m.campaign_id = :campaign
        and m.assigned_member_id = :member and m.message_id is null
        and r.organization_id = m.organization_id and r.id = m.recipient_id
        and c.organization_id = m.organization_id and c.id = m.campaign_id
        and not exists (select from sending_window w where w.organization_id = m.organization_id
          and w.place = c.window_rule || r.place and now() >= w.opens_at
          and now() < w.closes_at - cast(:feeding_ends as interval))
      returning m.recipient_id)
    select (select count(*) from audience_member where organization_id = :organization
      and campaign_id = :campaign and assigned_member_id = :member and message_id is null)
      - (select count(*) from closed) as held
    """
)
_STALE_PLACES = sa.text(
    """
    select distinct c.window_rule || r.place as place from campaign c cross join (
      select recipient_id from audience_member where organization_id = :organization
        and campaign_id = :campaign and message_id is null and assigned_member_id is null
        and skipped_by_id is null and not later and recipient_id > :after
      order by recipient_id limit :scan) f
    join recipient r on r.organization_id = :organization and r.id = f.recipient_id
    left join sending_window w on w.organization_id = :organization
      and w.place = c.window_rule || r.place and w.closes_at > now() + cast(:feeding_ends as interval)
    where c.organization_id = :organization and c.id = :campaign and w.place is null
    """
)
# Rows are found again by their own addresses, as in `campaigns/queue_audience.py`. One that was changed in
# between has another address by then, and is left for the next time.
_TAKE = sa.text(
    f"""
    with free as materialized (
      select ctid as row_address, recipient_id from audience_member where organization_id = :organization
        and campaign_id = :campaign and message_id is null and assigned_member_id is null
        and skipped_by_id is null and not later and recipient_id > :after
      order by recipient_id limit :scan),
    next as materialized (
      select m.ctid as row_address, m.recipient_id from free
      join audience_member m on m.ctid = free.row_address and m.organization_id = :organization
      join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
      join campaign c on c.organization_id = :organization and c.id = :campaign
      join sending_window w on w.organization_id = r.organization_id
        and w.place = c.window_rule || r.place
      where m.message_id is null and m.assigned_member_id is null and m.skipped_by_id is null and not m.later
        and r.suppressed_at is null and r.review_since is null and r.dead_since is null
        and now() >= w.opens_at and now() < w.closes_at - cast(:feeding_ends as interval)
        and coalesce({CAPPED_UNTIL} <= now(), true)
      order by m.recipient_id limit :batch for update of m skip locked),
    active as (
      update campaign_texter set active_at = now() where organization_id = :organization
        and campaign_id = :campaign and member_id = :member),
    taken as (
      update audience_member m set assigned_member_id = :member, assigned_at = now() from next
      where m.ctid = next.row_address and m.organization_id = :organization returning m.recipient_id)
    select (select count(*) from taken) as taken, (select max(recipient_id) from free) as last
    """  # noqa: S608 - the interpolated fragment is our own constant
)
_OPENS = sa.text(
    f"""
    select min(greatest(w.opens_at, {CAPPED_UNTIL})) from (
      select recipient_id from audience_member where organization_id = :organization
        and campaign_id = :campaign and message_id is null and assigned_member_id is null
        and skipped_by_id is null and not later
      order by recipient_id limit :scan) f
    join recipient r on r.organization_id = :organization and r.id = f.recipient_id
      and r.suppressed_at is null and r.review_since is null and r.dead_since is null
    join campaign c on c.organization_id = :organization and c.id = :campaign
    join sending_window w on w.organization_id = :organization and w.place = c.window_rule || r.place
      and greatest(w.opens_at, {CAPPED_UNTIL}) > now() and w.opens_at < '9999-01-01'
    """  # noqa: S608 - the interpolated fragment is our own constant
)


@dataclass(frozen=True, slots=True)
class Taken:
    """How many people a texter holds now; with none, when the next may be texted (None: nobody is left)."""

    held: int
    opens_at: Any = None


async def take_batch(
    session: AsyncSession, organization_id: int, campaign_id: int, member_id: int, *, batch: int = BATCH
) -> Taken:
    """Fill a texter's batch up. Two texters never get the same person: rows that one looks at are skipped."""
    key: dict[str, Any] = {
        "organization": organization_id,
        "campaign": campaign_id,
        "member": member_id,
        "feeding_ends": FEEDING_ENDS,
    }
    batch = min(batch, (await standing_of(session, organization_id, member_id)).may_hold)
    held: int = (await session.execute(_LET_GO, {**key, "slack": NOTED_EVERY})).scalar_one()
    after = 0
    for scan in SCANS:
        if held >= batch:
            break
        wanted = {**key, "scan": scan, "after": after}
        row = (await session.execute(_TAKE, {**wanted, "batch": batch - held})).one()
        held += row.taken
        if held < batch and await _refresh(session, organization_id, wanted):
            row = (await session.execute(_TAKE, {**wanted, "batch": batch - held})).one()
            held += row.taken
        if row.last is None:
            break
        after = row.last
    if held:
        return Taken(held)
    base = {"organization": organization_id, "campaign": campaign_id, "scan": SCANS[-1]}
    return Taken(0, (await session.execute(_OPENS, base)).scalar_one())


async def _refresh(session: AsyncSession, organization_id: int, wanted: dict[str, Any]) -> bool:
    """Know the windows of whom we look through (the schedule keeps only those of texts that wait): whether
    any was not known."""
    values = {name: wanted[name] for name in ("organization", "campaign", "feeding_ends", "scan", "after")}
    stale: Sequence[Any] = (await session.execute(_STALE_PLACES, values)).all()
    await refresh_windows(session, organization_id, (row.place for row in stale))
    return bool(stale)
