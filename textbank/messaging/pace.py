"""How fast we feed the carriers: token buckets of segments, kept in Valkey, one inside the other.

The inner bucket is a number's; the outer one, where there is one, that of the registered campaign that all
its numbers share. A grant is taken from both or from none. The outermost limit, the brand's day, is counted
in PostgreSQL (`claim.py`).

Valkey's own clock counts, so workers on many machines agree. A bucket starts empty: a Valkey that was
restarted must not let everybody send a second's worth at once. Texts that we start never take the last
fifth, which is kept for answers and replies (promise 8), and take at most half a second of pace at a
time, so that a burst of blast texts in the carrier's queue cannot delay an answer by more.
"""

from dataclasses import dataclass
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from textbank import clock

_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local granted, left = tonumber(ARGV[1]), {}
for i, key in ipairs(KEYS) do
  local rate, capacity, reserve =
    tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local held = redis.call('HMGET', key, 'tokens', 'at')
  local tokens, at = tonumber(held[1]) or 0, tonumber(held[2]) or now
  tokens = math.min(capacity, tokens + math.max(0, now - at) * rate)
  granted = math.max(0, math.min(granted, math.floor(tokens - reserve)))
  left[i] = tokens
end
for i, key in ipairs(KEYS) do
  local rate, capacity = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  redis.call('HSET', key, 'tokens', tostring(left[i] - granted), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil(capacity / rate * 1000) + 600000)
end
return granted
"""
_CORRECT = """
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then
    redis.call('HINCRBYFLOAT', key, 'tokens', ARGV[1])
  end
end
return 0
"""
RESERVED_SHARE = 0.2
STARTED_SHARE_SECONDS = 0.5
AWAY_FOR_SECONDS = 0.5
"""How long nobody asks again a Valkey that did not answer: a silent one costs a second each time."""

Campaign = tuple[int, float]
"""A registered campaign, and how many segments a second all its numbers may send."""


class Pace(Protocol):
    """Grants segments of a sender's pace."""

    @property
    def away(self) -> bool:
        """Whether nobody can tell what is left: then PostgreSQL lets answers and replies trickle."""
        ...

    async def take(
        self, sender_id: int, rate: float, want: int, *, started_by_us: bool, campaign: Campaign | None = None
    ) -> int:
        """Up to `want` segments that may leave now; 0 when none, or when nobody can tell."""
        ...

    async def correct(self, sender_id: int, segments: int, *, campaign: Campaign | None = None) -> None:
        """Give segments back (positive) or book an overdraft as debt (negative)."""
        ...


@dataclass(slots=True)
class ValkeyPace:
    """The buckets in Valkey. While Valkey is away nothing is granted."""

    client: Redis
    _ask_again_at: float = 0.0
    _away: bool = False

    @property
    def away(self) -> bool:
        return self._away

    async def take(
        self, sender_id: int, rate: float, want: int, *, started_by_us: bool, campaign: Campaign | None = None
    ) -> int:
        if self._away and clock.monotonic() < self._ask_again_at:
            return 0
        arguments: list[float] = []
        for each in (rate, campaign[1]) if campaign else (rate,):
            capacity = max(each, 2.0)
            arguments += [each, capacity, capacity * RESERVED_SHARE if started_by_us else 0.0]
            if started_by_us:
                want = min(want, max(1, int(each * STARTED_SHARE_SECONDS)))
        keys = _keys(sender_id, campaign)
        try:
            granted = int(await self.client.eval(_TAKE, len(keys), *keys, want, *arguments))
        except (RedisError, OSError):
            self._away, self._ask_again_at = True, clock.monotonic() + AWAY_FOR_SECONDS
            return 0
        self._away = False
        return granted

    async def correct(self, sender_id: int, segments: int, *, campaign: Campaign | None = None) -> None:
        keys = _keys(sender_id, campaign)
        try:
            await self.client.eval(_CORRECT, len(keys), *keys, segments)
        except (RedisError, OSError):
            return


def _keys(sender_id: int, campaign: Campaign | None) -> list[str]:
    return [f"pace:{sender_id}"] + ([f"pace:campaign:{campaign[0]}"] if campaign else [])
