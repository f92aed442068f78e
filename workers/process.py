"""What one worker process keeps: an event loop, the database, carrier clients, the bucket.

Celery's tasks are plain functions and our code is async, so each process has one loop that lives as long
as it does: connections are made on it once and kept, instead of once per task.
"""

import asyncio
import mmap
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from redis.asyncio import Redis

from textbank import across, changes, jobs
from textbank.announcer import Announcer
from textbank.assignments.tell_who_is_away import signer_of
from textbank.broker import Doorbell, make_celery
from textbank.carriers import Carriers
from textbank.database import Database
from textbank.embedded.valkey import broker_url
from textbank.messaging.pace import ValkeyPace
from textbank.public_web import post_sealed
from textbank.settings import Settings, get_settings
from textbank.start import check_database

T = TypeVar("T")

RETRIES = "#rc=3&rp=ct,rt,5xx"
"""Twilio's connection overrides: come again three times, also after a 5xx. Not part of what is signed."""


class Stopping:
    """How a worker tells its forked children to finish early: one shared byte, without a lock.

    A child that is killed or frozen while it looks would keep the lock of a `multiprocessing.Event`, and
    from then on every other child would wait for it and hand nothing over.
    """

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def set(self) -> None:
        """From now on, finish."""
        self._byte[0] = 1

    def is_set(self) -> bool:
        """Whether to finish."""
        return bool(self._byte[0])


# Made before the pool forks.
stopping = Stopping()


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, which takes a tenth less time for a text; asyncio's own where there is none (Windows)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class Process:
    """The parts of this worker process."""

    def __init__(self) -> None:
        self.settings = get_settings()
        self.loop = new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.database = Database.from_settings(self.settings, pool_size=12)
        self.carriers = Carriers(self.database, self.settings)
        redis = Redis.from_url(self.settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
        self.pace = ValkeyPace(redis)
        self.signer = signer_of(self.settings.derived_secret("web push"), self.settings.textbank_public_url)
        jobs.publish_with(Doorbell(make_celery(broker_url(self.settings.redis_url))))
        changes.publish_with(Announcer(self.settings.redis_url))
        self.run(check_database(self.database, self.settings))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one task's work to its end."""
        return self.loop.run_until_complete(work)

    async def post_push(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Hand a sealed message to a push service; one on this machine counts in a simulated installation."""
        simulated = self.settings.textbank_mode == "simulated"
        return await post_sealed(url, body, headers, also_here=simulated)

    async def beat(self) -> None:
        """Show that workers are alive."""
        await across.beat(self.database, "worker")

    def callback_url(self, organization_id: int, message_id: int, attempt_id: int) -> str:
        """Where the carrier reports what became of one attempt."""
        return callback_url(self.settings, organization_id, message_id, attempt_id)


def callback_url(settings: Settings, organization_id: int, message_id: int, attempt_id: int) -> str:
    """Where the carrier reports what became of one attempt."""
    base = settings.textbank_public_url.rstrip("/")
    query = f"o={organization_id}&m={message_id}&a={attempt_id}"
    return f"{base}/webhooks/twilio/status?{query}{RETRIES}"


_process: Process | None = None
_pid = 0


def here() -> Process:
    """This process's parts; made on the first task, after the fork."""
    global _process, _pid
    if _process is None or _pid != os.getpid():
        _process, _pid = Process(), os.getpid()
    return _process
