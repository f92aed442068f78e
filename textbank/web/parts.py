"""What the web process holds while it runs; requests reach it through `request.app.state.parts`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import Request
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import across, changes, jobs
from textbank.accounts.cipher import Cipher
from textbank.announcer import Announcer
from textbank.broker import Doorbell
from textbank.database import Database
from textbank.messaging.protocol import HEARING_GAP
from textbank.settings import Settings
from textbank.start import check_database
from textbank.web.hub import Hub
from textbank.web.texter.presses import Presses
from textbank.web.webhooks.accounts import AccountDirectory
from textbank.web.webhooks.callbacks import Callbacks
from textbank.web.webhooks.permit_waits import PermitWaits
from textbank.web.webhooks.texts import Texts

log = logging.getLogger(__name__)

HEAR_EVERY_SECONDS = 3.0
STATEMENT_SECONDS = 4.0
"""A hanging database must be answered for (503) well before the carrier's fifteen seconds are over."""

PAGES_AT_ONCE = 10
"""Fewer than there are connections, so that webhooks and presses never wait for a crowd that opens pages."""
BATCHES_AT_ONCE = 2
"""Whoever asks for people to text has some in hand, and texts them meanwhile; so does everybody else."""
LONGEST_TURN_SECONDS = 15.0


class Parts:
    """Database, doorbell and caches of this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database.from_settings(settings, pool_size=15, statement_seconds=STATEMENT_SECONDS)
        self._pages = asyncio.Semaphore(PAGES_AT_ONCE)
        self._batches = asyncio.Semaphore(BATCHES_AT_ONCE)
        self.directory = AccountDirectory(self.database, Cipher(settings))
        self.callbacks = Callbacks(self.database)
        self.texts = Texts(self.database)
        self.permit_waits = PermitWaits(self.database)
        self.presses = Presses(self.database, settings.derived_secret("first texts"))
        self.hub = Hub(settings.redis_url)
        self.redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Check, then hear and ring until the process ends."""
        await check_database(self.database, self.settings)
        doorbell = Doorbell.from_settings(self.settings)
        jobs.publish_with(doorbell)
        announcer = Announcer(self.settings.redis_url)
        changes.publish_with(announcer)
        self.hub.start()
        hearing = asyncio.create_task(self._hear())
        try:
            yield
        finally:
            hearing.cancel()
            with suppress(asyncio.CancelledError):
                await hearing
            await self.hub.stop()
            await self.presses.stop()
            await self.callbacks.stop()
            await self.texts.stop()
            await self.permit_waits.stop()
            jobs.publish_with(None)
            changes.publish_with(None)
            announcer.close()
            doorbell.close()
            await self.redis.aclose()
            await self.database.close()

    @asynccontextmanager
    async def transaction(self, organization_id: int) -> AsyncIterator[AsyncSession]:
        """A page's transaction. When everybody shows up at once, pages take turns (TimeoutError, a 503, for
        one whose turn does not come): a texter's press and a carrier's webhook are answered all the same."""
        async with _turn(self._pages), self.database.transaction(organization_id) as session:
            yield session

    def batch(self) -> AbstractAsyncContextManager[None]:
        """The turn of a texter who asks for people to text; to be taken before the transaction."""
        return _turn(self._batches)

    async def _hear(self) -> None:
        """Say every few seconds that webhooks can reach us and be stored; silence is what raises a hold."""
        while True:
            try:
                await across.hear(self.database, HEARING_GAP)
            except Exception:
                log.warning("could not note that we hear; texts we start will be held", exc_info=True)
            await asyncio.sleep(HEAR_EVERY_SECONDS)


@asynccontextmanager
async def _turn(free: asyncio.Semaphore) -> AsyncIterator[None]:
    async with asyncio.timeout(LONGEST_TURN_SECONDS):
        await free.acquire()
    try:
        yield
    finally:
        free.release()


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers this request."""
    parts: Parts = request.app.state.parts
    return parts
