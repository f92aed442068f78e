"""How long a keyword's answer takes while 200,000 texts of a blast wait on a number of ten segments a second.

`answer_p99_ms`: from the moment the webhook was answered until the carrier was called. It takes texts after
50 ms, which are not counted.
"""

import asyncio
import statistics
import time
from urllib.parse import urlsplit

from bench.carrier import signed_post
from bench.figures import LATENCY_MS, stage, tell
from tests.factories.city import City, until
from tests.factories.line import Line
from tests.factories.town import phones
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE

PEOPLE = 200_000
PACE = 10.0
JOINERS = 300
EVERY_SECONDS = 0.4
"""An answer of the keyword has two segments: answers alone would take half of the pace."""


async def join(city: City, line: Line, phone: str, number: int) -> float:
    """Text the keyword; when the webhook was answered."""
    fields = {
        "AccountSid": DEFAULT_ACCOUNT_SID,
        "Body": "JOIN",
        "From": phone,
        "MessageSid": f"SMa{number:031x}",
        "NumMedia": "0",
        "To": LONG_CODE,
    }
    address = f"{city.web_url}/webhooks/twilio/inbound"
    status, _ = await line.ask(signed_post(address, fields, DEFAULT_AUTH_TOKEN.encode()))
    if status != 200:
        raise AssertionError(f"answered {status}")
    return time.time()


async def first_to(city: City) -> dict[str, float]:
    """When the carrier took the first text to each phone."""
    async with city.http.get(f"{city.other_carrier}/first_to") as answer:
        return dict(await answer.json())


async def main() -> None:
    """Run it once."""
    async with stage(audience=PEOPLE, pace=PACE) as city:
        await city.launch()

        async def under_way() -> bool:
            return len(await first_to(city)) > PACE

        await until(under_way, seconds=120)
        parts = urlsplit(city.web_url)
        line = Line(str(parts.hostname), parts.port or 80)
        joined: dict[str, float] = {}
        for number, phone in enumerate(phones(JOINERS, start=5_000_000)):
            joined[phone] = await join(city, line, phone, number)
            await asyncio.sleep(EVERY_SECONDS)

        async def all_answered() -> bool:
            return joined.keys() <= (await first_to(city)).keys()

        await until(all_answered, seconds=60)
        taken = await first_to(city)
        waited = [(taken[phone] - at) * 1000 - LATENCY_MS for phone, at in joined.items()]
        tell("answer_p99_ms", statistics.quantiles(waited, n=100)[-1], "ms", answers=len(waited))
        tell("answer_p50_ms", statistics.median(waited), "ms", blast_still_waits=PEOPLE - len(taken))


if __name__ == "__main__":
    asyncio.run(main())
