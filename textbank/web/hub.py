"""One subscription to Valkey for all event streams of this process."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from textbank.announcer import channel_of

log = logging.getLogger(__name__)

Hears = Callable[[str], bool]
"""Whether a hint is for the one whose stream it is."""

_AGAIN_SECONDS: Final = 1.0
_MOST_WAITING = 200
EVERYTHING = "everything"


class Hub:
    """Fans the hints of all organizations out to this process's streams."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_connect_timeout=2, health_check_interval=10)
        self._streams: dict[int, dict[asyncio.Queue[str | None], Hears]] = defaultdict(dict)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen_forever())

    async def stop(self) -> None:
        """End the listening and every stream."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for streams in self._streams.values():
            for stream in streams:
                _put(stream, None)
        await self._redis.aclose()

    def open(self, organization_id: int, hears: Hears) -> "asyncio.Queue[str | None]":
        """A new stream's hints; None ends it. It is not even woken by what it does not hear."""
        stream: asyncio.Queue[str | None] = asyncio.Queue(_MOST_WAITING)
        self._streams[organization_id][stream] = hears
        return stream

    def close(self, organization_id: int, stream: "asyncio.Queue[str | None]") -> None:
        """Forget a stream."""
        self._streams[organization_id].pop(stream, None)
        if not self._streams[organization_id]:
            del self._streams[organization_id]

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                log.info("hints for screens are not heard (%s); trying again", error)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen(self) -> None:
        prefix = channel_of(0).removesuffix("0")
        async with self._redis.pubsub() as heard:
            await heard.psubscribe(f"{prefix}*")
            # What was said while nobody listened is made up for by one look at everything.
            for each in self._streams.values():
                for stream in each:
                    _put(stream, EVERYTHING)
            async for message in heard.listen():
                if message["type"] != "pmessage":
                    continue
                organization = message["channel"].decode().removeprefix(prefix)
                streams = self._streams.get(int(organization))
                if streams:
                    _tell(streams, message["data"].decode().split("\n"))


def _tell(streams: Mapping["asyncio.Queue[str | None]", Hears], hints: Sequence[str]) -> None:
    for stream, hears in streams.items():
        for hint in hints:
            if hears(hint):
                _put(stream, hint)


def _put(stream: "asyncio.Queue[str | None]", hint: str | None) -> None:
    """Add a hint. Whoever does not read is told one thing in the end: to look at everything again."""
    if stream.full():
        while not stream.empty():
            stream.get_nowait()
        stream.put_nowait(EVERYTHING)
    stream.put_nowait(hint)
