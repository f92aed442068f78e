"""The only module that looks across organizations, as the role that may.

It answers two kinds of question: to whom does something from outside belong (a webhook's account and
number), and which organizations have work waiting. It returns identities and nothing of
what people wrote; the work itself is then done inside one organization, under row-level security.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from textbank.campaign_chores import CAMPAIGN_CHORES, LOOKUPS_DUE, UNQUEUED
from textbank.carriers_day import ROOM
from textbank.database import Database
from textbank.way_in_chores import WAY_IN_CHORES


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """What a webhook's signature is checked with."""

    organization_id: int
    carrier_account_id: int
    auth_token: bytes
    previous_auth_token: bytes | None


@dataclass(frozen=True, slots=True)
class SenderAddress:
    """Whose sender a text was sent to."""

    organization_id: int
    sender_id: int
    carrier_account_id: int


@dataclass(frozen=True, slots=True)
class DueSender:
    """A sender with texts that are due, and in which lanes."""

    organization_id: int
    sender_id: int
    carrier_account_id: int
    segments_per_second: float
    from_number: str | None
    """What texts leave from; None where the messaging service picks."""
    service: str | None
    lanes: tuple[int, ...]
    registered_campaign_id: int | None = None
    campaign_segments_per_second: float | None = None
    """What all numbers of its registered campaign may send together; None where nobody counts."""
    brand_id: int | None = None
    """Whose day its texts are counted in; None where nobody counts."""


_ACCOUNT_KEYS = sa.text(
    "select organization_id, id, auth_token, previous_auth_token from carrier_account "
    "where account_sid = :account_sid order by organization_id"
)
_SENDER = sa.text(
    "select organization_id, id, carrier_account_id from sender "
    "where account_sid = :account_sid and address = :address"
)

# One probe of the index `ix_outbox_due` per group; groups are few (sender × campaign × place). Groups held
# by their window or by a gap in hearing are left out, so that a night of waiting costs nothing; and so is
# what a brand has no room for today. Who may send for whom is said twice, here and in `messaging/claim.py`.
_DUE = sa.text(
    f"""
    with waiting as materialized (
      select distinct g.organization_id, g.sender_id, g.lane from outbox_group g
      left join campaign c on c.organization_id = g.organization_id and c.id = g.campaign_id
      left join sending_window w on w.organization_id = g.organization_id and w.place = g.place
      cross join lateral (select from outbox o where o.organization_id = g.organization_id
        and o.group_id = g.id and o.claim_token is null and o.due_at <= now()
        order by o.due_at, o.message_id limit 1) first
      where (c.id is null or c.state = 'running')
        and (g.place = '' or now() >= w.opens_at
          and now() < w.closes_at - cast(:feeding_ends as interval)))
    select s.organization_id, s.id, s.carrier_account_id,
      case when s.slowed_until > now() then s.segments_per_second / 2 else s.segments_per_second end,
      case when s.kind <> 'messaging_service' then s.address end,
      case when s.kind = 'messaging_service' then s.address else p.address end,
      array_agg(distinct q.lane order by q.lane),
      case when k.segments_per_minute is not null then k.id end,
      k.segments_per_minute / 60.0::float8 / k.minute_share
        / case when s.slowed_until > now() then 2 else 1 end,
      b.id
    from waiting q
    left join sender own on own.organization_id = q.organization_id and own.id = q.sender_id
    join sender s on s.organization_id = q.organization_id and (s.id = q.sender_id
      or s.pooled and s.registration = 'registered' and (q.sender_id is null
        or own.halted_at is not null and (q.lane > 2
          or own.halted_at < now() - cast(:live_threads_wait as interval))))
    join carrier_account a on a.organization_id = s.organization_id and a.id = s.carrier_account_id
      and a.restored_copy_of is null and a.halted_at is null
    left join sender p on p.organization_id = s.organization_id and p.id = s.messaging_service_id
    left join registered_campaign k on k.organization_id = s.organization_id
      and k.id = s.registered_campaign_id
    left join brand b on b.organization_id = k.organization_id and b.id = k.brand_id
      and (b.day_cap is not null or b.full_on is not null)
    where s.halted_at is null and (q.lane = 1 or a.held_since is null)
      and (q.lane <= 2 or s.registration = 'registered' and (b.id is null or {ROOM} > 0))
    group by s.organization_id, s.id, p.address, k.organization_id, k.id, b.id
    """  # noqa: S608 - the interpolated fragment is our own constant
)
_STALE_WINDOWS = sa.text(
    """
    select distinct g.organization_id, g.place from outbox_group g
    left join sending_window w on w.organization_id = g.organization_id and w.place = g.place
    where g.place <> '' and (w.place is null or now() >= w.closes_at - cast(:feeding_ends as interval))
      and exists (
        select from outbox o where o.organization_id = g.organization_id and o.group_id = g.id
          and o.claim_token is null and o.due_at <= now())
    """
)
_LAPSED_CLAIMS = sa.text(
    "select distinct organization_id from outbox "
    "where claim_token is not null and attempt_id is null and claimed_at < now() - cast(:lease as interval)"
)
_RESTS_OVER = sa.text("select distinct organization_id from sender where retry_at < now()")
_UNSEALED = sa.text("select distinct organization_id from consent_unsealed")
_UNSETTLED = sa.text(
    "select distinct organization_id from attempt "
    "where (outcome is null or outcome = 'unknown') and permit_at < now() - cast(:age as interval) "
    "and (absent_since is null or absent_since < now() - cast(:absence as interval))"
)
_RUNNING = sa.text("select distinct organization_id from campaign where state = 'running'")
_WAITING_IMPORTS = sa.text(
    "select distinct organization_id from contact_import where state in ('checking', 'importing') "
    "and (worked_on_until is null or worked_on_until < now())"
)
_PENDING_STARTS = sa.text("select distinct organization_id from pending_start")
# After a gap, once the list shows all of it; else every minute.
_TO_RECONCILE = sa.text(
    "select organization_id, id from carrier_account where (reconciled_at is null "
    "or reconciled_at < now() - interval '1 minute' "
    "or held_since is not null and coalesce(gap_ended_at, '-infinity') < now() - interval '10 seconds') "
    "and (settling_until is null or settling_until < now())"
)
# The heartbeat and the notice of a gap are one statement, so that no second process can beat over a gap.
_HEAR = sa.text(
    """
    update carrier_account set
      held_since = case when heard_at < now() - cast(:gap as interval)
        then coalesce(held_since, heard_at) else held_since end,
      gap_ended_at = case when heard_at < now() - cast(:gap as interval)
        then now() else gap_ended_at end,
      heard_at = greatest(heard_at, now())
    where heard_at < now() - interval '1 second'
    """
)
_BEAT = sa.text(
    "insert into part_heartbeat (part) values (:part) "
    "on conflict (part) do update set beat_at = clock_timestamp()"
)
_BEATS = sa.text("select part, extract(epoch from clock_timestamp() - beat_at)::float8 from part_heartbeat")


async def account_keys(database: Database, account_sid: str) -> list[AccountKeys]:
    """The organizations that use this carrier account, with the tokens its webhooks are signed with."""
    async with database.system() as connection:
        rows = await connection.execute(_ACCOUNT_KEYS, {"account_sid": account_sid})
        return [AccountKeys(*row) for row in rows]


async def sender_address(database: Database, account_sid: str, address: str) -> SenderAddress | None:
    """Whose sender `address` is within the account, if anybody's."""
    async with database.system() as connection:
        found = await connection.execute(_SENDER, {"account_sid": account_sid, "address": address})
        row = found.one_or_none()
        return SenderAddress(*row) if row else None


async def due_senders(
    database: Database, feeding_ends: timedelta, live_threads_wait: timedelta
) -> list[DueSender]:
    """Every sender that a text is due for and whose window is open (pace not yet considered)."""
    times = {"feeding_ends": feeding_ends, "live_threads_wait": live_threads_wait}
    async with database.system() as connection:
        rows = (await connection.execute(_DUE, times)).all()
        return [
            DueSender(row[0], row[1], row[2], row[3], row[4], row[5], tuple(row[6]), row[7], row[8], row[9])
            for row in rows
        ]


async def stale_windows(database: Database, feeding_ends: timedelta) -> list[tuple[int, str]]:
    """(organization, place) with due texts whose sending window is not known or is over."""
    async with database.system() as connection:
        rows = await connection.execute(_STALE_WINDOWS, {"feeding_ends": feeding_ends})
        return [(row[0], row[1]) for row in rows]


async def with_lapsed_claims(database: Database, lease: timedelta) -> Sequence[int]:
    """Organizations whose outbox holds claims older than the lease without a permit."""
    async with database.system() as connection:
        return (await connection.execute(_LAPSED_CLAIMS, {"lease": lease})).scalars().all()


async def with_rests_over(database: Database) -> Sequence[int]:
    """Organizations with a sender whose rest is over by itself."""
    async with database.system() as connection:
        return (await connection.execute(_RESTS_OVER)).scalars().all()


async def with_unsealed_events(database: Database) -> Sequence[int]:
    """Organizations whose ledger has an unsealed tail."""
    async with database.system() as connection:
        return (await connection.execute(_UNSEALED)).scalars().all()


async def with_unsettled_attempts(
    database: Database, older_than: timedelta, absence: timedelta
) -> Sequence[int]:
    """Organizations with permits whose outcome nobody knows, and that are due to be looked for (again)."""
    async with database.system() as connection:
        found = await connection.execute(_UNSETTLED, {"age": older_than, "absence": absence})
        return found.scalars().all()


async def with_running_campaigns(database: Database) -> Sequence[int]:
    """Organizations with a campaign under way."""
    async with database.system() as connection:
        return (await connection.execute(_RUNNING)).scalars().all()


async def with_unqueued_audience(database: Database) -> list[tuple[int, int]]:
    """(organization, campaign) of launched campaigns that are not wholly in the outbox yet."""
    async with database.system() as connection:
        return [(row[0], row[1]) for row in await connection.execute(UNQUEUED)]


async def with_carriers_to_look_up(database: Database) -> Sequence[int]:
    """Organizations that pay for lookups, with a campaign of which nothing was looked up yet."""
    async with database.system() as connection:
        return (await connection.execute(LOOKUPS_DUE)).scalars().all()


async def campaign_chores(database: Database) -> list[tuple[int, int, str]]:
    """(organization, campaign, what is due for it): stop, expire, begin, rewrite, progress or preview."""
    async with database.system() as connection:
        return [(row[0], row[1], row[2]) for row in await connection.execute(CAMPAIGN_CHORES)]


async def accounts_to_reconcile(database: Database) -> list[tuple[int, int]]:
    """(organization, account) where we have not heard without a gap, or not compared for a while."""
    async with database.system() as connection:
        return [(row[0], row[1]) for row in await connection.execute(_TO_RECONCILE)]


async def hear(database: Database, gap: timedelta) -> None:
    """The web process says: webhooks can reach us. A gap since the last time puts a hold on accounts."""
    async with database.system() as connection:
        await connection.execute(_HEAR, {"gap": gap})


async def with_pending_starts(database: Database) -> Sequence[int]:
    """Organizations where somebody suppressed asks to come back."""
    async with database.system() as connection:
        return (await connection.execute(_PENDING_STARTS)).scalars().all()


async def way_in_chores(database: Database) -> list[tuple[int, str]]:
    """(organization, what is due) for people whom we asked something."""
    async with database.system() as connection:
        return [tuple(row) for row in await connection.execute(WAY_IN_CHORES)]


async def with_waiting_imports(database: Database) -> Sequence[int]:
    """Organizations with an uploaded file that no worker is at."""
    async with database.system() as connection:
        return (await connection.execute(_WAITING_IMPORTS)).scalars().all()


async def beat(database: Database, part: str) -> None:
    """A worker or the schedule says that it is alive."""
    async with database.system() as connection:
        await connection.execute(_BEAT, {"part": part})


async def heartbeats(database: Database) -> dict[str, float]:
    """Seconds since each part last showed that it is alive."""
    async with database.system() as connection:
        return {row[0]: row[1] for row in await connection.execute(_BEATS)}


async def unsettled_copy(database: Database) -> datetime | None:
    """Of which moment the database is a restored copy, as long as accounts are held for that."""
    async with database.system() as connection:
        row = await connection.execute(sa.text("select min(restored_copy_of) from carrier_account"))
        return row.scalar_one()  # type: ignore[no-any-return]
