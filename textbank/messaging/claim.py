"""Reserve due texts for one worker. A claim permits nothing and is freely taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.carriers_day import ROOM, TODAY, USED
from textbank.messaging.protocol import CLAIM_LEASE, FEEDING_ENDS, LIVE_THREADS_WAIT

# Whether a group may send is decided on the group: a million texts held by a pause, a window, a cap, a gap
# in hearing or a restored copy are not looked at. Among the groups that may, each gives an equal share,
# oldest first: they take turns, so that a blast of a million leaves a small one its place.
# A group without a sender is the pool's, and so is that of a number which rests: each number takes as much
# of it as its own pace grants, so the one with most room carries most. Live threads wait ten minutes first.
# The running sum lets the last text overdraw the grant (a three-segment text on a slow sender must
# leave some day); the bucket carries the difference as debt. The brand's day is counted in the same
# statement, under its row's lock, and no blast overdraws it.
# Rows are named by arrays, here and in what follows a claim: a queue that was empty when PostgreSQL last
# counted it is taken for one row, and a join would then read all of it for each row (measured: seconds).
_CLAIM = sa.text(
    f"""
    with sending as (
      select s.*, b.id as brand_id from sender s
      join carrier_account a on a.organization_id = s.organization_id and a.id = s.carrier_account_id
        and a.restored_copy_of is null
      left join registered_campaign k on k.organization_id = s.organization_id
        and k.id = s.registered_campaign_id
      left join brand b on b.organization_id = k.organization_id and b.id = k.brand_id
        and (b.day_cap is not null or b.full_on is not null)
      where s.organization_id = :organization and s.id = :sender and s.halted_at is null),
    day as (
      select b.id, {ROOM} as room from brand b where b.organization_id = :organization
        and b.id = (select brand_id from sending) for no key update),
    reachable as (
      select g.* from sending s join outbox_group g on g.organization_id = :organization
        and g.sender_id = s.id and g.lane = any(:lanes)
      union all
      select g.* from sending s join outbox_group g on g.organization_id = :organization
        and g.sender_id is null and g.lane = any(:lanes)
      where s.pooled and s.registration = 'registered'
      union all
      select g.* from sending s join sender ill on ill.organization_id = :organization
        and ill.halted_at is not null and ill.id <> s.id
      join outbox_group g on g.organization_id = :organization and g.sender_id = ill.id
        and g.lane = any(:lanes)
        and (g.lane > 2 or ill.halted_at < now() - cast(:live_threads_wait as interval))
      where s.pooled and s.registration = 'registered'),
    runnable as (
      select g.id, g.lane, count(*) over (partition by g.lane) as shares
      from reachable g
      join sending s on true
      join carrier_account a on a.organization_id = :organization and a.id = s.carrier_account_id
      left join campaign c on c.organization_id = g.organization_id and c.id = g.campaign_id
      left join sending_window w on w.organization_id = g.organization_id and w.place = g.place
      cross join lateral (select from outbox o where o.organization_id = g.organization_id
        and o.group_id = g.id and o.claim_token is null and o.due_at <= now()
        order by o.due_at, o.message_id limit 1) first
      where (g.lane <= 2 or s.registration = 'registered' and coalesce((select room from day), 1) > 0)
        and (c.id is null or c.state = 'running')
        and (g.place = '' or now() >= w.opens_at and now() < w.closes_at - cast(:feeding_ends as interval))
        and (g.lane = 1 or a.held_since is null)),
    due as (
      select r.lane, o.message_id, o.segments, o.due_at,
        row_number() over (partition by r.id order by o.due_at, o.message_id) as turn
      from runnable r cross join lateral (
        select message_id, segments, due_at from outbox
        where organization_id = :organization and group_id = r.id
          and claim_token is null and due_at <= now()
        order by due_at, message_id limit greatest(1, :texts / r.shares) for update skip locked) o),
    within_grant as (
      select message_id, lane, turn, segments,
        sum(segments) over (order by lane, turn, due_at, message_id) as upto
      from due),
    taken as (
      select message_id, lane, segments from within_grant where upto - segments < :segments
        and (lane <= 2 or upto <= coalesce((select room from day), upto))
      order by lane, turn limit :texts),
    counted as (
      update brand b set used = {USED} + t.segments * b.day_share, used_on = {TODAY}
      from (select sum(segments) as segments from taken) t
      where b.organization_id = :organization and b.id = (select id from day) and t.segments > 0)
    update outbox o set claim_token = :token, claimed_at = clock_timestamp()
    where o.organization_id = :organization and o.message_id = any(array(select message_id from taken))
    returning o.message_id, (select lane from taken t where t.message_id = o.message_id), o.segments
    """  # noqa: S608 - the interpolated fragments are our own constants
)
_TAKE_BACK = sa.text(
    "update outbox set claim_token = null, claimed_at = null where organization_id = :organization "
    "and claim_token is not null and attempt_id is null and claimed_at < now() - cast(:lease as interval)"
)
_RELEASE = sa.text(
    "update outbox set claim_token = null, claimed_at = null where organization_id = :organization "
    "and claim_token = :token and attempt_id is null and message_id = any(:messages)"
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text reserved for this worker."""

    message_id: int
    lane: int
    segments: int


async def claim(
    session: AsyncSession,
    organization_id: int,
    sender_id: int,
    *,
    lanes: Sequence[int],
    token: UUID,
    texts: int,
    segments: int,
) -> list[Claimed]:
    """Reserve up to `texts` due texts of these lanes, worth about `segments` segments."""
    rows = await session.execute(
        _CLAIM,
        {
            "organization": organization_id,
            "sender": sender_id,
            "lanes": list(lanes),
            "token": token,
            "texts": texts,
            "segments": segments,
            "feeding_ends": FEEDING_ENDS,
            "live_threads_wait": LIVE_THREADS_WAIT,
        },
    )
    return sorted((Claimed(*row) for row in rows), key=lambda text: (text.lane, text.message_id))


async def take_back_lapsed_claims(session: AsyncSession, organization_id: int) -> None:
    """Make texts claimable again whose claimant asked for no permit within the lease."""
    await session.execute(_TAKE_BACK, {"organization": organization_id, "lease": CLAIM_LEASE})


async def release(
    session: AsyncSession, organization_id: int, token: UUID, message_ids: Sequence[int]
) -> None:
    """Give claims back unused."""
    await session.execute(
        _RELEASE, {"organization": organization_id, "token": token, "messages": list(message_ids)}
    )
