"""What a texter's screens cost a phone: the bytes that the server sends, and how long a slow one takes.

`page_bytes`: everything, as it goes over the wire and with all headers, until ten first texts can be pressed
without a network; that they can is tried. `page_slow_phone_s`: a first visit of Chromium with a processor
four times slower, 1.6 Mbit/s and 150 ms to the server and back, until Send can be pressed; the middle of
five. `…_replies`: the same for the screen on which replies are answered.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bench.figures import stage, tell
from tests.browser.chromium import launch_options
from tests.factories.city import City
from tests.factories.texters import make_hand_campaign, texters_of
from textbank.web.signed_in import COOKIE

VISITS = 5
PRESSES = 10
SLOWER = 4
BITS_A_SECOND = 1_600_000
LATENCY_MS = 150

_REPLIES = """
with texts as (
  insert into message (organization_id, recipient_id, sender_id, campaign_id, direction, purpose, body)
  select $1, m.recipient_id, (select min(id) from sender), $2, 'in', 'none', 'Yes, what time does it begin?'
  from audience_member m where m.campaign_id = $2 order by m.recipient_id desc limit 20
  returning recipient_id)
insert into conversation (organization_id, recipient_id, campaign_id, assigned_member_id,
  needs_reply_since, last_inbound_at, last_message_at)
select $1, recipient_id, $2, (select min(member_id) from campaign_texter where campaign_id = $2),
  now(), now(), now() from texts
"""


@dataclass
class Counted:
    """A way to the server that counts what comes back on it."""

    url: str
    sent: int = 0


@asynccontextmanager
async def counting(address: str) -> AsyncIterator[Counted]:
    """Connections to `url` go to `address`, and every byte of its answers is counted."""
    parts = urlsplit(address)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while some := await reader.read(65_536):
                counted.sent += len(some) if count else 0
                writer.write(some)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(parts.hostname, parts.port)
        await asyncio.gather(carry(reader, there[1], count=False), carry(there[0], writer, count=True))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    counted = Counted(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield counted
    finally:
        server.close()


async def phone(browser: Browser, url: str, cookie: str) -> BrowserContext:
    """A phone that was never here, signed in."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, base_url=url
    )
    await context.add_cookies([{"name": COOKIE, "value": cookie, "url": url}])
    return context


async def bytes_of_first_texts(browser: Browser, way: Counted, cookie: str, path: str) -> int:
    """Load it, wait until it works without a network, and see that it does."""
    context = await phone(browser, way.url, cookie)
    page = await context.new_page()
    before = way.sent
    await page.goto(path)
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    sent = way.sent - before
    await context.set_offline(True)
    await page.reload()
    send = page.locator("[data-send]")
    for number in range(PRESSES):
        await expect(page.locator("[data-progress-text]")).to_have_text(f"{number + 1} of 20")
        await page.wait_for_timeout(320)
        await send.tap()
    await expect(page.locator("[data-state]")).to_contain_text(f"{PRESSES} waiting")
    await context.close()
    return sent


async def bytes_of(browser: Browser, way: Counted, cookie: str, path: str) -> int:
    """Load it, and whatever it asks for in the second after that."""
    context = await phone(browser, way.url, cookie)
    page = await context.new_page()
    before = way.sent
    await page.goto(path)
    await page.wait_for_timeout(1_000)
    sent = way.sent - before
    await context.close()
    return sent


async def slow_visit(browser: Browser, url: str, cookie: str, path: str, ready: str) -> float:
    """Seconds from the tap on a link until the page is `ready`, on a slow phone with nothing kept."""
    context = await phone(browser, url, cookie)
    page: Page = await context.new_page()
    wire: Any = await context.new_cdp_session(page)
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    rate = BITS_A_SECOND / 8
    speed = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate}
    await wire.send("Network.enable")
    await wire.send("Network.emulateNetworkConditions", speed)
    await page.goto(path, wait_until="load")
    took = await page.evaluate(ready)
    await context.close()
    return float(took) / 1000


FIRST_TEXTS_READY = """async () => {
  while (!performance.getEntriesByName("ready").length) await new Promise((go) => setTimeout(go, 10));
  return performance.getEntriesByName("ready")[0].startTime;
}"""
REPLIES_READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


async def middle(browser: Browser, url: str, cookie: str, path: str, ready: str) -> float:
    """Of several visits."""
    return statistics.median([await slow_visit(browser, url, cookie, path, ready) for _ in range(VISITS)])


async def measure(city: City, browser: Browser) -> None:
    """Both screens, as one texter sees them."""
    campaign = await make_hand_campaign(city)
    [texter] = await texters_of(city, campaign, 1)
    await texter.take_batch()
    await city.rows(_REPLIES, city.organization_id, campaign)
    path, replies = f"/texting/{campaign}", "/texting/conversations"
    async with counting(city.web_url) as way:
        tell("page_bytes", await bytes_of_first_texts(browser, way, texter.cookie, path), "bytes")
        tell("page_bytes_replies", await bytes_of(browser, way, texter.cookie, replies), "bytes")
    first = await middle(browser, city.web_url, texter.cookie, path, FIRST_TEXTS_READY)
    tell("page_slow_phone_s", first, "s")
    second = await middle(browser, city.web_url, texter.cookie, replies, REPLIES_READY)
    tell("page_slow_phone_replies_s", second, "s")


async def main() -> None:
    """Run it once."""
    async with stage(audience=100) as city, async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        try:
            await measure(city, browser)
        finally:
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
