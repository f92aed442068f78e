"""Status callbacks, 16 at once, each answered after its commit: `status`. `status_limit`: the same
connections asking for `/healthz`.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from bench.carrier import signed_post
from bench.figures import stage, tell
from tests.factories.city import City
from tests.factories.line import Line
from textbank import clock
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE

AT_ONCE = 16
CALLBACKS = 30_000

# Texts that the carrier has taken and says nothing about yet.
_TAKEN = """
with people as (
  select r.id, row_number() over (order by r.id) as n from recipient r where r.organization_id = $1),
texts as (
  insert into message (organization_id, recipient_id, sender_id, direction, purpose, body)
  select $1, id, (select min(id) from sender), 'out', 'reply', 'Hello' from people
  returning id, recipient_id, sender_id),
attempts as (
  insert into attempt (organization_id, message_id, recipient_id, sender_id, permit_at, outcome, settled_at)
  select $1, id, recipient_id, sender_id, now(), 'accepted', now() from texts
  returning id, message_id),
filed as (
  insert into carrier_message (organization_id, sid, message_id, attempt_id)
  select $1, 'SM' || lpad(to_hex(id), 32, '0'), message_id, id from attempts),
stands as (
  insert into delivery (organization_id, message_id, rank, status)
  select $1, message_id, 1, 'queued' from attempts)
select id from attempts
"""


async def rate_of(city: City, requests: Sequence[bytes]) -> float:
    """Requests a second over so many connections, each waiting for its answer."""
    parts = urlsplit(city.web_url)
    left = iter(requests)

    async def ask() -> None:
        line = Line(str(parts.hostname), parts.port or 80)
        for request in left:
            status, _ = await line.ask(request)
            if status >= 300:
                raise AssertionError(f"answered {status}")

    began = clock.monotonic()
    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return len(requests) / (clock.monotonic() - began)


async def main() -> None:
    """Run it once."""
    async with stage(audience=CALLBACKS) as city:
        attempts = [row["id"] for row in await city.rows(_TAKEN, city.organization_id)]
        address = f"{city.web_url}/webhooks/twilio/status?o={city.organization_id}&a="
        hooks = [
            signed_post(
                f"{address}{attempt}",
                {
                    "AccountSid": DEFAULT_ACCOUNT_SID,
                    "From": LONG_CODE,
                    "MessageSid": f"SM{attempt:032x}",
                    "MessageStatus": "delivered",
                    "To": phone,
                },
                DEFAULT_AUTH_TOKEN.encode(),
            )
            for attempt, phone in zip(attempts, city.audience, strict=True)
        ]
        rate = await rate_of(city, hooks)
        [row] = await city.rows("select count(*) as told from delivery where status = 'delivered'")
        if row["told"] != CALLBACKS:
            raise AssertionError(f"only {row['told']} were applied")
        parts = urlsplit(city.web_url)
        healthy = f"GET /healthz HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        bare = await rate_of(city, [healthy] * CALLBACKS)
    tell("status", rate, "callbacks/s", of_limit=round(rate / bare, 2))
    tell("status_limit", bare, "requests/s")


if __name__ == "__main__":
    asyncio.run(main())
