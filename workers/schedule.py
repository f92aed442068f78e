"""The ticker: looks twice a second for work in the database and rings for it.

Doorbells may be lost with Valkey, workers may die with a task in hand: whatever waits is a row, and this
finds it. Any number of tickers may run; the one that holds a PostgreSQL advisory lock acts, and when its
connection goes, another takes over.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from textbank import across, clock, jobs
from textbank.backup import nightly
from textbank.backup.write_heads import write_heads
from textbank.broker import CHORES_QUEUE, SENDING_QUEUE, Doorbell
from textbank.carriers import Carriers
from textbank.database import Database
from textbank.errors import InvalidInput
from textbank.messaging.pace import ValkeyPace
from textbank.messaging.protocol import FEEDING_ENDS, LIVE_THREADS_WAIT, UNKNOWN_AFTER
from textbank.messaging.pump import URGENT, Pump
from textbank.settings import Settings
from textbank.start import check_database
from workers.process import callback_url

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
MOST_CHORES_WAITING = 50
TRICKLE_SECONDS = 5.0
_LOCK = sa.text("select pg_try_advisory_lock(7293018)")
Duty = Callable[[], Awaitable[None]]


class Ticker:
    """One schedule process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database.from_settings(settings, pool_size=2)
        self._ring = Doorbell.from_settings(settings)
        self._redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
        # How often each duty is looked after, in seconds.
        self._duties: list[tuple[float, Duty]] = [
            (0.5, self._send),
            (1.0, self._queue_audiences),
            (0.5, self._look_after_campaigns),
            (1.0, self._come_back),
            (1.0, self._imports),
            (2.0, self._seal),
            (2.0, self._reconcile),
            (3.0, self._tidy),
            (5.0, self._settle),
            (30.0, self._look_up),
            (60.0, self._back_up),
            (600.0, self._write_heads),
        ]
        self._looked_at: dict[Duty, float] = {}
        self._carriers = Carriers(self._database, settings)
        self._trickling: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop."""
        await check_database(self._database, self._settings)
        while not stop.is_set():
            try:
                async with self._database.across.connect() as connection:
                    await self._tick_while_leading(connection, stop)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("the database is away (%s); trying again", type(error).__name__)
                await _sleep(stop, 1.0)
        if self._trickling is not None:
            await self._trickling
        await self._carriers.close()
        await self._redis.aclose()
        self._ring.close()
        await self._database.close()

    async def _tick_while_leading(self, connection: AsyncConnection, stop: asyncio.Event) -> None:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while not stop.is_set():
            # Asking again for a lock that this connection holds is a no; so it asks once, and then only
            # proves with each tick that the connection, and with it the lock, is still there.
            if (await connection.execute(_LOCK)).scalar_one():
                break
            await _sleep(stop, 2.0)
        while not stop.is_set():
            await connection.execute(sa.text("select 1"))
            await across.beat(self._database, "schedule")
            await self._tick()
            await _sleep(stop, TICK_SECONDS)

    async def _tick(self) -> None:
        if await self._waits(CHORES_QUEUE, more_than=MOST_CHORES_WAITING):
            await self._send()
            return  # the chores' worker is behind or away: more rings would only be more to skip
        for every, duty in self._duties:
            if clock.monotonic() - self._looked_at.get(duty, 0.0) >= every:
                self._looked_at[duty] = clock.monotonic()
                await duty()

    async def _send(self) -> None:
        """Ring for a pump, unless one waits to be picked up already."""
        due = await across.due_senders(self._database, FEEDING_ENDS, LIVE_THREADS_WAIT)
        due_or_stale = due or await across.stale_windows(self._database, FEEDING_ENDS)
        if not due_or_stale:
            return
        waiting = await self._waiting(SENDING_QUEUE)
        if waiting is None:
            self._trickle()
        elif not waiting:
            self._ring(jobs.Job(jobs.SEND))

    def _trickle(self) -> None:
        """No worker can be rung while Valkey is away: answers and replies leave from here, one a second."""
        if self._trickling is None or self._trickling.done():
            pump = Pump(
                self._database,
                ValkeyPace(self._redis),
                self._carriers,
                partial(callback_url, self._settings),
                seconds=TRICKLE_SECONDS,
                lanes=(URGENT,),
            )
            self._trickling = asyncio.create_task(pump.run())

    async def _waits(self, queue: str, *, more_than: int = 0) -> bool:
        waiting = await self._waiting(queue)
        return waiting is None or waiting > more_than  # while Valkey is away nobody could be rung anyway

    async def _waiting(self, queue: str) -> int | None:
        """How many rings wait to be picked up; None while Valkey is away."""
        try:
            return int(await self._redis.llen(queue))
        except (RedisError, OSError):
            return None

    async def _queue_audiences(self) -> None:
        if await across.with_unqueued_audience(self._database):
            self._ring(jobs.Job(jobs.QUEUE_AUDIENCE))

    async def _look_after_campaigns(self) -> None:
        if await across.campaign_chores(self._database):
            self._ring(jobs.Job(jobs.CAMPAIGNS))

    async def _come_back(self) -> None:
        for organization_id in await across.with_pending_starts(self._database):
            self._ring(jobs.Job(jobs.COME_BACK, organization_id))

    async def _imports(self) -> None:
        for organization_id in await across.with_waiting_imports(self._database):
            self._ring(jobs.Job(jobs.IMPORT, organization_id))

    async def _seal(self) -> None:
        for organization_id in await across.with_unsealed_events(self._database):
            self._ring(jobs.Job(jobs.SEAL, organization_id))

    async def _look_up(self) -> None:
        for organization_id in await across.with_carriers_to_look_up(self._database):
            self._ring(jobs.Job(jobs.LOOK_UP, organization_id))

    async def _reconcile(self) -> None:
        if await across.accounts_to_reconcile(self._database):
            self._ring(jobs.Job(jobs.RECONCILE))

    async def _tidy(self) -> None:
        self._ring(jobs.Job(jobs.TIDY))

    async def _settle(self) -> None:
        absence = timedelta(seconds=self._settings.textbank_absence_seconds)
        for organization_id in await across.with_unsettled_attempts(self._database, UNKNOWN_AFTER, absence):
            self._ring(jobs.Job(jobs.SETTLE, organization_id))

    async def _write_heads(self) -> None:
        """Not a worker's: of the schedules one acts, so that there is one file and not one a machine."""
        try:
            await write_heads(self._database, self._settings.data_directory)
        except (OSError, InvalidInput) as error:
            log.error("the heads of the ledgers were not written down: %s", error)

    async def _back_up(self) -> None:
        if self._settings.textbank_backups != "off" and await nightly.is_due(self._database):
            self._ring(jobs.Job(jobs.BACKUP))


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but wake up to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
