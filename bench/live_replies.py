"""How soon a reply is on its texter's screen: `live_replies_p95_ms`, while 300 texters text and look.

Each of them presses once a second and has an event stream open, half of them with each of two web processes;
the screens of thirty are real pages in a browser. One person in ten replies. A reply counts as shown when the
page has its row, or counts it among those that are new.
"""

import asyncio
import os
import random
import statistics
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

from bench.carrier import signed_post
from bench.figures import stage, tell
from tests.browser.chromium import launch_options
from tests.factories.build_city import free_port
from tests.factories.city import City, until
from tests.factories.line import Line
from tests.factories.texters import Texter, make_hand_campaign, phones_of, texters_of
from tests.factories.town import phones
from textbank import clock
from textbank.assignments.press import UNDO
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE
from textbank.web.signed_in import COOKIE

TEXTERS = 300
SCREENS = 30
SECONDS = int(os.environ.get("SECONDS", "60"))
REPLIES = 0.1
"""The share of people who reply, a few seconds after their text left."""
READING_SECONDS = 4.0
# Every change of what waits is noted with its time: rows that wait, and those that are only counted as new.
_NOTE = """() => {
  const screen = document.querySelector("[data-replies]");
  window.seen = [];
  const look = () => {
    const newer = screen.querySelector("[data-newer]");
    const shown = screen.querySelectorAll("[data-waiting] > [data-row]").length;
    const total = shown + (newer.hidden ? 0 : Number(newer.dataset.count));
    if (total !== window.seen.at(-1)?.[1]) window.seen.push([Date.now(), total]);
  };
  new MutationObserver(look).observe(screen, { childList: true, subtree: true, attributes: true });
  look();
}"""


@dataclass
class Replied:
    """When each reply to one texter was sent to us, in seconds of the clock that browsers have, too."""

    at: list[float] = field(default_factory=list)


async def second_web(city: City) -> str:
    """Start another web process beside the city's own; returns its address."""
    port = free_port()
    before = dict(city.environment)
    city.environment["TEXTBANK_PORT"] = str(port)
    first = city.parts.pop("web")
    city.start_part("web")
    city.parts["second web"], city.parts["web"] = city.parts["web"], first
    city.environment = before
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        async with city.http.get(f"{url}/healthz") as answer:
            return answer.status == 200

    await until(answers, seconds=30)
    return url


async def hold_stream(url: str, cookie: str) -> None:
    """An event stream whose hints nobody looks at."""
    parts = urlsplit(url)
    reading, writing = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET /events HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {COOKIE}={cookie}\r\n\r\n"
    writing.write(head.encode())
    with suppress(asyncio.CancelledError):
        while await reading.read(65536):
            pass
    writing.close()


async def open_screen(browser: Browser, url: str, cookie: str) -> "Screen":
    """A texter's reply screen in a browser of its own."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.add_cookies([{"name": COOKIE, "value": cookie, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/texting/conversations")
    await page.evaluate(_NOTE)
    return Screen(page)


class Screen:
    """One page, and what it showed when."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def seen(self) -> list[tuple[float, int]]:
        """(seconds, replies shown by then)."""
        noted = await self._page.evaluate("window.seen")
        return [(at / 1000, total) for at, total in noted]


class Supporters:
    """One in ten of those who are texted replies, to either web process."""

    def __init__(self, urls: Sequence[str], phone_of: dict[int, str]) -> None:
        self._urls, self._phone_of = urls, phone_of
        self._dice = random.Random(7)
        self._tasks: set[asyncio.Task[None]] = set()
        self.replied: dict[int, Replied] = defaultdict(Replied)
        """By the texter's place."""

    def was_texted(self, place: int, recipient: int) -> None:
        if self._dice.random() < REPLIES:
            self._tasks.add(asyncio.create_task(self._reply(place, self._phone_of[recipient])))

    async def _reply(self, place: int, phone: str) -> None:
        await asyncio.sleep(UNDO.total_seconds() + READING_SECONDS)
        url = self._dice.choice(self._urls)
        parts = urlsplit(url)
        fields = {
            "AccountSid": DEFAULT_ACCOUNT_SID,
            "Body": "Yes, what time is it?",
            "From": phone,
            "MessageSid": f"SMlive{phone[-10:]:0>28}",
            "NumMedia": "0",
            "NumSegments": "1",
            "To": LONG_CODE,
        }
        # Signed over the public address, wherever it is brought to.
        request = signed_post(f"{self._urls[0]}/webhooks/twilio/inbound", fields, DEFAULT_AUTH_TOKEN.encode())
        line = Line(str(parts.hostname), parts.port or 80)
        self.replied[place].at.append(clock.now().timestamp())
        status, answer = await line.ask(request)
        line.close()
        if status != 200:
            raise AssertionError(f"a reply was answered {status}: {answer[:200]!r}")

    async def all_have(self) -> None:
        """Wait until the last one has replied. Raises what went wrong."""
        await asyncio.gather(*self._tasks)


async def shift(texter: Texter, place: int, supporters: Supporters) -> None:
    """Press once a second."""
    began = clock.monotonic() + place / TEXTERS
    for number in range(SECONDS):
        await asyncio.sleep(max(0.0, began + number - clock.monotonic()))
        before = len(texter.took)
        if await texter.press() and len(texter.took) > before:
            supporters.was_texted(place, int(texter.last))


def delays(replied: Replied, seen: Sequence[tuple[float, int]]) -> list[float]:
    """Milliseconds from each reply until the screen had as many. Raises AssertionError for one not shown."""
    found = []
    for count, at in enumerate(sorted(replied.at), start=1):
        shown = next((when for when, total in seen if total >= count), None)
        if shown is None:
            raise AssertionError(f"reply {count} of {len(replied.at)} was never shown: {seen[-3:]}")
        found.append((shown - at) * 1000)
    return found


async def run(city: City, browser: Browser) -> list[float]:
    """The shift; returns the delays of all replies on the thirty screens."""
    urls = [city.web_url, await second_web(city)]
    campaign = await make_hand_campaign(city)
    texters = await texters_of(city, campaign, TEXTERS)
    beside = replace(city, web_port=urlsplit(urls[1]).port or 80)
    for place, texter in enumerate(texters):
        texter.city = beside if place % 2 else city
        await texter.take_batch()
    screens = [await open_screen(browser, urls[n % 2], texters[n].cookie) for n in range(SCREENS)]
    streams = [
        asyncio.create_task(hold_stream(urls[n % 2], texters[n].cookie)) for n in range(SCREENS, TEXTERS)
    ]
    supporters = Supporters(urls, await phones_of(city, campaign))
    await asyncio.gather(*(shift(one, place, supporters) for place, one in enumerate(texters)))
    await supporters.all_have()
    await asyncio.sleep(3.0)
    found = [
        each
        for place in range(SCREENS)
        for each in delays(supporters.replied[place], await screens[place].seen())
    ]
    for stream in streams:
        stream.cancel()
    refused = [why for texter in texters for why in texter.refused]
    if refused:
        raise AssertionError(f"{len(refused)} presses were refused: {refused[:3]}")
    return found


async def main() -> None:
    """Run it once."""
    async with stage(callbacks=2) as city, async_playwright() as playwright:
        people = phones(TEXTERS * (SECONDS + 60))
        await city.subscribe(people)
        browser = await playwright.chromium.launch(**launch_options())
        try:
            found = await run(city, browser)
        finally:
            await browser.close()
    tell("live_replies_p95_ms", statistics.quantiles(found, n=20)[-1], "ms", replies=len(found))
    tell("live_replies_p50_ms", statistics.median(found), "ms", slowest=round(max(found)))


if __name__ == "__main__":
    asyncio.run(main())
