"""How a launched campaign's page does while 20,000 texts leave: `python -m bench.live_page`, JSON lines.

`live_page_p95_ms`: a request for the counters, asked five times a second all the while.
`live_page_longest_gap_s`: the longest time for which the number of texts that had left stood still.
"""

import asyncio
import json
import statistics
import tempfile
from pathlib import Path

import aiohttp

from tests.factories.build_city import make_template, running_city
from tests.factories.city import City
from textbank import clock
from textbank.accounts.add_member import add_member
from textbank.accounts.sign_in import start_sign_in
from textbank.database import Database
from textbank.web.signed_in import COOKIE

PEOPLE = 20_000
PACE = 1_000.0
EVERY_SECONDS = 0.2


def tell(figure: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(json.dumps({"figure": figure, "value": round(value, 2), "unit": unit}), flush=True)


async def cookie_of(city: City) -> str:
    """Somebody who may look at campaigns, signed in."""
    if city.settings is None:
        raise RuntimeError("the city is not built")
    database = Database.from_settings(city.settings, pool_size=1)
    try:
        async with database.transaction(city.organization_id) as session:
            member = await add_member(
                session, city.organization_id, name="Bench", role="organizer", email="bench@example.org"
            )
            return await start_sign_in(session, city.organization_id, member.id, browser="", address="")
    finally:
        await database.close()


async def watch(city: City, campaign: int, done: asyncio.Event) -> tuple[list[float], float]:
    """Milliseconds of each request, and the longest standstill in seconds."""
    took: list[float] = []
    longest, moved_at, last = 0.0, clock.monotonic(), -1
    headers = {"Cookie": f"{COOKIE}={await cookie_of(city)}", "X-Fragment": "1"}
    async with aiohttp.ClientSession(headers=headers) as browser:
        while not done.is_set():
            began = clock.monotonic()
            async with browser.get(f"{city.web_url}/campaigns/{campaign}/live") as answer:
                await answer.read()
                answer.raise_for_status()
            took.append((clock.monotonic() - began) * 1000)
            [row] = await city.rows("select with_us, audience from campaign_progress")
            if row["with_us"] != last or not row["with_us"]:
                longest = max(longest, clock.monotonic() - moved_at) if last >= 0 else longest
                moved_at, last = clock.monotonic(), row["with_us"]
            await asyncio.sleep(EVERY_SECONDS)
    return took, longest


async def main() -> None:
    """Run it once."""
    with tempfile.TemporaryDirectory(prefix="tb-bench-") as place:
        await asyncio.to_thread(make_template, Path(place))
        async with running_city(Path(place), audience=PEOPLE, pace=PACE) as city:
            campaign = await city.launch(queued_here=1)
            done = asyncio.Event()
            watching = asyncio.create_task(watch(city, campaign, done))
            await city.until_settled(seconds=240)
            done.set()
            took, longest = await watching
    tell("live_page_p50_ms", statistics.median(took), "ms")
    tell("live_page_p95_ms", statistics.quantiles(took, n=20)[-1], "ms")
    tell("live_page_longest_gap_s", longest, "s")


if __name__ == "__main__":
    asyncio.run(main())
