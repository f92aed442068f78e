"""Who else looks at a conversation just now, and whether they write: kept in Valkey for a few seconds.

It only tells people what to expect. That two answers never cross is held by the reply itself
(`conversations/reply.py`); so with Valkey away nobody is shown, and nothing else changes.
"""

import json
import logging
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from textbank import clock

log = logging.getLogger(__name__)

LASTS_SECONDS: Final = 35
"""A page says that it is here every fifteen seconds; one that says nothing twice is gone."""


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has the conversation open."""

    name: str
    writes: bool


async def look_in(
    redis: Redis, organization_id: int, recipient_id: int, *, member_id: int, name: str, writes: bool
) -> list[Other]:
    """Say that one is here, and learn who else is."""
    key = _key(organization_id, recipient_id)
    now = clock.now().timestamp()
    try:
        async with redis.pipeline(transaction=False) as pipe:
            pipe.hset(key, str(member_id), json.dumps([name, writes, now]))
            pipe.expire(key, LASTS_SECONDS)
            pipe.hgetall(key)
            found = (await pipe.execute())[-1]
    except (RedisError, OSError, TimeoutError) as error:
        log.info("who else looks at a conversation is not known (%s)", error)
        return []
    others = []
    for member, said in found.items():
        theirs, writing, at = json.loads(said)
        if int(member) != member_id and now - at <= LASTS_SECONDS:
            others.append(Other(theirs, writing))
    return sorted(others, key=lambda other: (not other.writes, other.name))


async def leave(redis: Redis, organization_id: int, recipient_id: int, *, member_id: int) -> None:
    """Say that one has gone on."""
    try:
        await redis.hdel(_key(organization_id, recipient_id), str(member_id))
    except (RedisError, OSError, TimeoutError) as error:
        log.info("nobody learns who left a conversation (%s)", error)


def _key(organization_id: int, recipient_id: int) -> str:
    return f"textbank:here:{organization_id}:{recipient_id}"
