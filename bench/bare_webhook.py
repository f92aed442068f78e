"""The least that may answer Twilio: it checks the signature and stores the text, in one statement, and
understands nothing. In the parts that Textbank is made of: FastAPI, the SDK's check, asyncpg.

`python -m bench.bare_webhook PORT URL POSTGRES_PORT ORGANIZATION SENDER`, killed when it has been measured.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from twilio.request_validator import RequestValidator

from textbank import memory
from textbank.simulator.defaults import DEFAULT_AUTH_TOKEN

_STORE = """
with person as (
  insert into recipient (organization_id, e164, place) values ($1, $2, '/Etc/GMT')
  on conflict (organization_id, e164) do update set dead_since = null returning id),
text as (
  insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
  select $1, id, $3, 'in', 'none', $4 from person returning id)
insert into carrier_message (organization_id, sid, message_id) select $1, $5, id from text
"""


def bare_app(url: str, postgres_port: int, organization_id: int, sender_id: int) -> FastAPI:
    """Stores each text that is signed for `url` in a transaction of its own."""
    validator = RequestValidator(DEFAULT_AUTH_TOKEN)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        address: dict[str, Any] = {"host": "127.0.0.1", "port": postgres_port, "database": "textbank"}
        async with asyncpg.create_pool(**address, user="textbank_admin", max_size=16) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def there() -> None:
        """For whoever waits for it."""

    @app.post("/webhooks/twilio/inbound")
    async def inbound(request: Request) -> Response:
        form = await request.form()
        if not validator.validate(url, form, request.headers.get("X-Twilio-Signature", "")):
            raise HTTPException(403)
        values = (organization_id, form["From"], sender_id, form["Body"], form["MessageSid"])
        await app.state.pool.execute(_STORE, *values)
        return Response("<Response/>", media_type="text/xml")

    return app


if __name__ == "__main__":
    port, postgres_port, organization, sender = (int(sys.argv[n]) for n in (1, 3, 4, 5))
    app = bare_app(sys.argv[2], postgres_port, organization, sender)
    memory.spare_what_was_read()  # as the web process does
    uvicorn.run(app, port=port, log_level="error", access_log=False, loop="uvloop", http="httptools")
