"""Texts that come in, 16 at once, each stored durably before it is answered: `inbound`, `inbound_p99_ms`.

Of ten, eight are replies of people who were texted, one is the keyword and one comes half from somebody who
wants out and half from a stranger. `inbound_limit`: the same requests, checked and stored by one statement
each, and nothing else, by two worker processes (`bare_webhook.py`).
STOPs wait for permits that may still be used, so they are left out of the 99th percentile.
"""

import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.carrier import signed_post
from bench.figures import stage, tell
from tests.factories.build_city import free_port
from tests.factories.city import City, until
from tests.factories.line import Line
from tests.factories.town import phones
from textbank import clock
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE

AT_ONCE = 16
TEXTS = 12_000
WARM_UP = 1_000
"""Of them: both begin cold, and what a connection's first plans take is no matter of a busy hour."""
WORKERS = 2
"""Of the limit, as the design counts it; Textbank's web is one process."""
INBOUND = "/webhooks/twilio/inbound"
REPLY = "Yes, I can come on Saturday. Where do we meet, and may I bring my neighbour?"

# A text of ours to each of them, some time ago, so that there is a conversation to go on with.
_TEXTED = """
with texts as (
  insert into message (organization_id, recipient_id, sender_id, direction, purpose, body, created_at)
  select $1, id, $2, 'out', 'reply', 'Are you coming?', now() - interval '1 hour' from recipient
  where organization_id = $1 returning recipient_id)
insert into conversation (organization_id, recipient_id, last_message_at)
select $1, recipient_id, now() - interval '1 hour' from texts on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook, ready to be sent, and whether it is a STOP."""

    request: bytes
    stops: bool


def hooks_of(base: str, replying: Sequence[str], strangers: Sequence[str], mark: str) -> list[Hook]:
    """The mixture, in the same order each time."""
    hooks, known, others = [], iter(replying), iter(strangers)
    for number in range(TEXTS):
        kind = number % 20
        body = "STOP" if kind == 7 else "JOIN" if kind in (3, 13) else REPLY
        fields = {
            "AccountSid": DEFAULT_ACCOUNT_SID,
            "Body": body,
            "From": next(others) if kind in (3, 13, 17) else next(known),
            "MessageSid": f"SM{mark}{number:031x}",
            "NumMedia": "0",
            "To": LONG_CODE,
        }
        url = base + INBOUND
        hooks.append(Hook(signed_post(url, fields, DEFAULT_AUTH_TOKEN.encode()), body == "STOP"))
    return hooks


async def run(bases: Sequence[str], hooks: Sequence[Hook]) -> tuple[float, list[float]]:
    """Texts a second, dealt out to these addresses, and the milliseconds of each but STOPs."""
    left, took = iter(hooks), []

    async def post(base: str) -> None:
        parts = urlsplit(base)
        line = Line(str(parts.hostname), parts.port or 80)
        for hook in left:
            began = clock.monotonic()
            status, _ = await line.ask(hook.request)
            if status != 200:
                raise AssertionError(f"answered {status}")
            if not hook.stops:
                took.append((clock.monotonic() - began) * 1000)
        line.close()

    began = clock.monotonic()
    await asyncio.gather(*(post(bases[number % len(bases)]) for number in range(AT_ONCE)))
    return len(hooks) / (clock.monotonic() - began), took


async def run_warm(bases: Sequence[str], hooks: Sequence[Hook]) -> tuple[float, list[float]]:
    """The same of what comes after the first texts."""
    await run(bases, hooks[:WARM_UP])
    return await run(bases, hooks[WARM_UP:])


async def limit(city: City, sender: int, hooks: Sequence[Hook]) -> tuple[float, list[float]]:
    """The same against the bare processes."""
    ports = [free_port() for _ in range(WORKERS)]
    words = [city.web_url + INBOUND, str(city.postgres_port), str(city.organization_id), str(sender)]
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bare_webhook", str(port), *words)
        for port in ports
    ]
    bases = [f"http://127.0.0.1:{port}" for port in ports]

    async def there() -> bool:
        for base in bases:
            async with city.http.get(base) as answer:
                if answer.status != 200:
                    return False
        return True

    try:
        await until(there, seconds=20)
        return await run_warm(bases, hooks)
    finally:
        for process in processes:
            process.kill()
            await process.wait()


async def main() -> None:
    """Run both on one database, the bare one in the middle."""
    async with stage(audience=3 * TEXTS) as city:
        [row] = await city.rows("select min(id) as id from sender")
        await city.rows(_TEXTED, city.organization_id, row["id"])
        strangers = phones(TEXTS, start=5_000_000)
        halves = []
        for half, mark in enumerate("ab"):
            people = city.audience[half * TEXTS : (half + 1) * TEXTS]
            new = strangers[half * TEXTS // 2 : (half + 1) * TEXTS // 2]
            halves.append(hooks_of(city.web_url, people, new, mark))
        rate, took = await run_warm([city.web_url], halves[0])
        bare_rate, bare_took = await limit(city, row["id"], halves[1])
        [stored] = await city.rows("select count(*) as n from message where direction = 'in'")
        if stored["n"] != 2 * TEXTS:
            raise AssertionError(f"{stored['n']} texts are there")
    tell("inbound", rate, "texts/s", of_limit=round(rate / bare_rate, 2))
    tell("inbound_limit", bare_rate, "texts/s")
    p99, bare_p99 = (statistics.quantiles(each, n=100)[-1] for each in (took, bare_took))
    tell("inbound_p99_ms", p99, "ms", of_limit=round(p99 / bare_p99, 2))
    tell("inbound_p99_limit_ms", bare_p99, "ms")


if __name__ == "__main__":
    asyncio.run(main())
