"""First texts pressed by 20 texters at once, each as fast as it is answered, while two workers send them.

`click`: presses accepted a second. `click_p95_ms`: how long one takes. `click_backlog_s`: how many seconds
the workers still needed once the last text could not be taken back any more. `click_limit`: the same
connections asking for `/healthz`.
"""

import asyncio
from urllib.parse import urlsplit

from bench.figures import counts_of, p95, stage, tell
from tests.factories.city import City, until
from tests.factories.line import Line
from tests.factories.texters import Texter, make_hand_campaign, texters_of, took
from textbank import clock
from textbank.assignments.press import UNDO

TEXTERS = 20
EACH = 400


async def _press(texter: Texter, times: int) -> None:
    for _ in range(times):
        if not await texter.press():
            return


async def limit(city: City) -> float:
    """Requests a second that the web process answers at all."""
    parts = urlsplit(city.web_url)
    request = f"GET /healthz HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()

    async def ask() -> None:
        line = Line(str(parts.hostname), parts.port or 80)
        for _ in range(EACH):
            await line.ask(request)

    began = clock.monotonic()
    await asyncio.gather(*(ask() for _ in range(TEXTERS)))
    return TEXTERS * EACH / (clock.monotonic() - began)


async def main() -> None:
    """Run it once."""
    async with stage(audience=TEXTERS * (EACH + 100)) as city:
        campaign = await make_hand_campaign(city)
        texters = await texters_of(city, campaign, TEXTERS)
        for each in texters:  # everybody has a batch in hand before the clock runs
            await each.take_batch()
        began = clock.monotonic()
        await asyncio.gather(*(_press(each, EACH) for each in texters))
        seconds = clock.monotonic() - began
        pressed = took(texters)

        async def all_left() -> bool:
            return bool((await counts_of(city))["taken"] == TEXTERS * EACH)

        await until(all_left, seconds=120, every=0.05)
        backlog = max(0.0, clock.monotonic() - began - seconds - UNDO.total_seconds())
        bare = await limit(city)
    tell("click", len(pressed) / seconds, "presses/s")
    tell("click_p95_ms", p95(pressed), "ms")
    tell("click_backlog_s", backlog, "s")
    tell("click_limit", bare, "requests/s")


if __name__ == "__main__":
    asyncio.run(main())
