"""The least that can store a text durably: one statement behind a bare ASGI application, nothing understood.

`python -m bench.bare_webhook PORT POSTGRES_PORT ORGANIZATION SENDER`, killed when it has been measured.
"""

import sys
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import uvicorn

from textbank import memory

_STORE = """
with person as (
  insert into recipient (organization_id, e164, place) values ($1, $2, '/Etc/GMT')
  on conflict (organization_id, e164) do update set dead_since = null returning id),
text as (
  insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
  select $1, id, $3, 'in', 'none', $4 from person returning id)
insert into carrier_message (organization_id, sid, message_id) select $1, $5, id from text
"""
_ANSWER = [
    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
]


class Bare:
    """Stores each posted text in a transaction of its own."""

    def __init__(self, postgres_port: int, organization_id: int, sender_id: int) -> None:
        self._port, self._key = postgres_port, (organization_id, sender_id)
        self._pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer once it is committed."""
        if scope["type"] != "http":
            return
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                host="127.0.0.1", port=self._port, user="textbank_admin", database="textbank", max_size=16
            )
        if scope["method"] == "POST":
            form = dict(parse_qsl((await receive())["body"].decode()))
            values = (self._key[0], form["From"], self._key[1], form["Body"], form["MessageSid"])
            await self._pool.execute(_STORE, *values)
        for part in _ANSWER:
            await send(part)


if __name__ == "__main__":
    port, postgres_port, organization, sender = map(int, sys.argv[1:])
    bare = Bare(postgres_port, organization, sender)
    memory.spare_what_was_read()  # as the web process does
    uvicorn.run(bare, port=port, log_level="error", access_log=False, loop="uvloop", lifespan="off")
