"""The wall of phones in a real browser: texting, live news, keyboard, screen readers, small screens."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from textbank.simulator import default_settings
from textbank.simulator.app import Simulator
from textbank.simulator.inbound import Written
from textbank.simulator.running import server

PHONE = "+14155550123"
OURS = "+14155550100"


class Wall:
    """A running carrier whose page is looked at."""

    def __init__(self, simulator: Simulator, address: str) -> None:
        self.simulator = simulator
        self.address = address
        (self.account,) = simulator.exchange.accounts.values()

    def write(self, phone: str, body: str) -> None:
        self.simulator.inbound.receive(self.account, Written(phone=phone, to=OURS, body=body))

    async def send(self, to: str, body: str) -> int:
        settings = self.account.settings
        url = f"{self.address}/2010-04-01/Accounts/{settings.sid}/Messages.json"
        headers = {"Authorization": self.account.authorizations()[0]}
        form = {"To": to, "From": OURS, "Body": body}
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=form, headers=headers) as answer,
        ):
            return answer.status


@pytest_asyncio.fixture
async def wall() -> AsyncIterator[Wall]:
    settings = default_settings("")
    settings.behaviour.delivery_seconds = 0.05
    running = server(settings, 0)
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    port = running.servers[0].sockets[0].getsockname()[1]
    simulator = running.config.app
    assert isinstance(simulator, Simulator)
    yield Wall(simulator, f"http://127.0.0.1:{port}")
    running.should_exit = True
    await task


@pytest_asyncio.fixture
async def page(chromium: Browser, wall: Wall) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 1280, "height": 800})
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    await opened.goto(wall.address)
    yield opened
    assert complaints == []
    await context.close()


def busy(wall: Wall) -> None:
    """A bit of everything that the page can show."""
    for number in range(14):
        wall.write(f"+1415555{2000 + number}", f"Hello from {number}")
    wall.write(PHONE, "Great, <b>thanks</b>! <script>document.title = 'x'</script>")


async def test_a_text_is_sent_and_its_answer_arrives_live(page: Page, wall: Wall) -> None:
    await page.get_by_label("Open any number").fill("415 555 0123")
    await page.keyboard.press("Enter")
    phone = page.get_by_role("article", name="(415) 555-0123")
    await phone.get_by_label("Text from (415) 555-0123").fill("is this on?")
    await page.keyboard.press("Enter")
    await expect(phone.get_by_role("listitem")).to_contain_text("is this on?")
    await expect(phone.get_by_label("Text from (415) 555-0123")).to_have_value("")
    assert await wall.send(PHONE, "Yes, it is") == 201
    await expect(phone.get_by_role("listitem").last).to_contain_text("Yes, it is")
    await expect(phone.get_by_role("listitem").last).to_contain_text("Delivered")
    await expect(page.get_by_role("status").last).to_have_text("New text on (415) 555-0123: Yes, it is")


async def test_a_quick_word_goes_to_the_chosen_number(page: Page, wall: Wall) -> None:
    phone = page.get_by_role("article").first
    await phone.get_by_label("To", exact=True).select_option(label="Toll-free · (844) 555-0177")
    await phone.get_by_role("button", name="JOIN").click()
    await expect(phone.get_by_role("listitem")).to_contain_text("JOIN")
    (message,) = wall.account.store.everything
    assert (message.to, message.body) == ("+18445550177", "JOIN")


async def test_what_supporters_write_is_shown_and_never_run(page: Page, wall: Wall) -> None:
    busy(wall)
    phone = page.get_by_role("article", name="(415) 555-0123")
    await expect(phone).to_contain_text("Great, <b>thanks</b>! <script>")
    await page.reload()
    await expect(phone).to_contain_text("Great, <b>thanks</b>! <script>")
    assert await page.title() == "Wall of phones · simulated carrier"


async def test_phones_that_get_texts_appear_by_themselves_and_never_more_than_a_page(
    page: Page, wall: Wall
) -> None:
    busy(wall)
    await expect(page.get_by_role("article", name="(415) 555-0123")).to_be_visible()
    await expect(page.get_by_role("article")).to_have_count(12)
    await expect(page.locator("#totals")).to_have_text("15 phones, 15 texts")


async def test_older_phones_are_on_further_pages_and_found_by_digits(page: Page, wall: Wall) -> None:
    busy(wall)
    await page.goto(wall.address)
    await page.get_by_role("link", name="More phones").click()
    await expect(page.get_by_role("article")).to_have_count(3)
    await page.get_by_label("Open any number").fill("2007")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(page.get_by_role("article", name="(415) 555-2007")).to_be_visible()


async def test_a_number_that_is_none_is_explained(page: Page) -> None:
    await page.get_by_label("Open any number").fill("12")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("“12” has 2 digits")).to_be_visible()
    await expect(page.get_by_label("Open any number")).to_have_attribute("aria-invalid", "true")


async def test_what_is_being_typed_survives_an_arriving_text(page: Page, wall: Wall) -> None:
    wall.write(PHONE, "first")
    phone = page.get_by_role("article", name="(415) 555-0123")
    await phone.get_by_label("Text from (415) 555-0123").fill("half a sen")
    assert await wall.send(PHONE, "interruption") == 201
    await expect(phone.get_by_role("listitem").last).to_contain_text("Delivered")
    await expect(phone.get_by_label("Text from (415) 555-0123")).to_have_value("half a sen")
    await expect(phone.get_by_label("Text from (415) 555-0123")).to_be_focused()


async def test_the_carrier_is_made_unkind_and_kind_again(page: Page, wall: Wall) -> None:
    await page.get_by_label("Webhooks do not arrive").check()
    await page.get_by_label("Lost").fill("25")
    await page.get_by_label("The next sends", exact=True).select_option(label="fail (500), accepted")
    await page.get_by_label("STOP at the carrier").select_option(label="blocks at once")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_text("The carrier behaves so from now on.")).to_be_visible()
    behaviour = wall.simulator.exchange.behaviour
    assert (behaviour.inbound_blackout, behaviour.callbacks_lost) == (True, 0.25)
    assert behaviour.create_fault_next == {"error_500_after": 1}
    assert wall.account.settings.default_opt_out == "block"
    async with page.expect_navigation():
        await page.get_by_role("button", name="Be kind again").click()
    await expect(page.get_by_label("Webhooks do not arrive")).not_to_be_checked()
    assert wall.simulator.exchange.behaviour.callbacks_lost == 0
    assert wall.account.settings.default_opt_out == "off"


async def test_everything_works_without_scripts(chromium: Browser, wall: Wall) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{wall.address}/?number=%2B14155550123")
    phone = page.get_by_role("article", name="(415) 555-0123")
    await phone.get_by_label("Text from (415) 555-0123").fill("no script here")
    await page.keyboard.press("Enter")
    await expect(phone.get_by_role("listitem")).to_contain_text("no script here")
    await page.get_by_label("Lists lag by").fill("7")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_label("Lists lag by")).to_have_value("7")
    await context.close()


async def test_another_sites_page_cannot_text(wall: Wall) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{wall.address}/phones/{PHONE}/texts",
            data={"to": OURS, "body": "forged"},
            headers={"Origin": "https://example.org"},
        ) as answer,
    ):
        assert answer.status == 403
    assert wall.account.store.everything == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_the_wall_fits_and_has_no_finding_of_axe(
    chromium: Browser, wall: Wall, width: int, scheme: str
) -> None:
    busy(wall)
    assert await wall.send("+12025550103", "This one is not delivered") == 201
    context = await chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = await context.new_page()
    await page.goto(f"{wall.address}/?number=202")
    await expect(page.get_by_text("Undelivered · 30003")).to_be_visible()
    for address in (f"{wall.address}/?number=202", wall.address, f"{wall.address}/?number=12"):
        await page.goto(address)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    small = await page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, main a, aside a')]
            .filter((e) => e.checkVisibility())
            .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
    )
    assert small == []
    await context.close()
