"""Publish hints for screens to Valkey, from a thread: whoever announces is never held up.

What is announced within a moment is told once, and all of an organization's in one message, a line each: a
message costs both ends more than all that is in it. With Valkey away hints are dropped, and screens look
again by themselves.
"""

import logging
import threading
from collections import defaultdict
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.05
AT_MOST: Final = 1_000
"""Of one organization in that time. Whoever is not told sees it within twenty seconds."""


def channel_of(organization_id: int) -> str:
    """Where an organization's hints are published, one or more lines at a time."""
    return f"textbank:changed:{organization_id}"


class Announcer:
    """One per process, made after forking."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
        self._told: dict[int, set[str]] = defaultdict(set)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._publish_forever, name="announcer", daemon=True)
        self._thread.start()

    def __call__(self, organization_id: int, what: str) -> None:
        """Tell. Returns at once."""
        with self._lock:
            if len(self._told[organization_id]) < AT_MOST:
                self._told[organization_id].add(what)
        self._wake.set()

    def close(self) -> None:
        """Stop; what was not told yet is not told."""
        self._over = True
        self._wake.set()
        self._thread.join(timeout=3)
        self._redis.close()

    def _publish_forever(self) -> None:
        while True:
            self._wake.wait()
            if self._over:
                return
            threading.Event().wait(GATHER_SECONDS)
            self._wake.clear()
            with self._lock:
                told, self._told = self._told, defaultdict(set)
            try:
                with self._redis.pipeline(transaction=False) as pipe:
                    for organization_id, hints in told.items():
                        pipe.publish(channel_of(organization_id), "\n".join(hints))
                    pipe.execute()
            except (RedisError, OSError) as error:
                log.warning("screens were not told (%s); they look again by themselves", error)
