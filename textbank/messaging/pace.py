"""How fast a sender may be fed: a token bucket of segments per sender, kept in Valkey.

Valkey's own clock counts, so workers on many machines agree. A bucket starts empty: a Valkey that was
restarted must not let everybody send a second's worth at once. Texts that we start never take the last
fifth, which is kept for answers and replies (promise 8), and take at most half a second of pace at a
time, so that a burst of blast texts in the carrier's queue cannot delay an answer by more.
"""

from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

_TAKE = """
local rate, capacity, want, reserve =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1]) or 0, tonumber(held[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * rate)
local granted = math.max(0, math.min(want, math.floor(tokens - reserve)))
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 600000)
return granted
"""
_CORRECT = """
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', ARGV[1])
end
return 0
"""
RESERVED_SHARE = 0.2
STARTED_SHARE_SECONDS = 0.5


class Pace(Protocol):
    """Grants segments of a sender's pace."""

    async def take(self, sender_id: int, rate: float, want: int, *, started_by_us: bool) -> int:
        """Up to `want` segments that may leave now; 0 when none, or when nobody can tell."""
        ...

    async def correct(self, sender_id: int, segments: int) -> None:
        """Give segments back (positive) or book an overdraft as debt (negative)."""
        ...


@dataclass(slots=True)
class ValkeyPace:
    """The bucket in Valkey. While Valkey is away nothing is granted."""

    client: Redis

    async def take(self, sender_id: int, rate: float, want: int, *, started_by_us: bool) -> int:
        capacity = max(rate, 2.0)
        reserve = capacity * RESERVED_SHARE if started_by_us else 0.0
        if started_by_us:
            want = min(want, max(1, int(rate * STARTED_SHARE_SECONDS)))
        try:
            return int(await self.client.eval(_TAKE, 1, _key(sender_id), rate, capacity, want, reserve))
        except (RedisError, OSError):
            return 0

    async def correct(self, sender_id: int, segments: int) -> None:
        try:
            await self.client.eval(_CORRECT, 1, _key(sender_id), segments)
        except (RedisError, OSError):
            return


def _key(sender_id: int) -> str:
    return f"pace:{sender_id}"
