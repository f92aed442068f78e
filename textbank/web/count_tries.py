"""Tries per network address, counted in Valkey for ten minutes at a time."""

import logging

from fastapi import Request
from redis.exceptions import RedisError

from textbank.web.parts import parts_of

log = logging.getLogger(__name__)

COUNTED_SECONDS = 600


def address_of(request: Request) -> str:
    """Where the request came from, as far as the proxy in front says."""
    return request.client.host if request.client else ""


async def tries_of(request: Request, what: str) -> int:
    """Count this try; how many there were. 0 without Valkey: then only what PostgreSQL counts holds."""
    key = f"{what}:{address_of(request)}"
    try:
        async with parts_of(request).redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, COUNTED_SECONDS, nx=True)
            tries, _ = await pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("tries to %s are not counted per address: %s", what, type(error).__name__)
        return 0
    return int(tries)
