"""The reply screen in a browser: how many taps things take, and that nothing moves under the finger."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.replying import Replying, begin_replying

# Where everything on the screen is that a finger may be on its way to.
PLACES = """() => Object.fromEntries(
  [...document.querySelectorAll('.talk, .pane-bar a, .pane-foot button, .pane-foot textarea, .pane-acts a')]
    .filter((part) => part.offsetParent)
    .map((part, at) => [at + ' ' + part.className, part.getBoundingClientRect()])
    .map(([name, box]) => [name, [box.x, box.y, box.width, box.height]]))"""


async def opened(office: Office, page: Page, *said: str) -> Replying:
    """People write these in turn, and the first conversation is open."""
    replying = await begin_replying(office)
    for position, words in enumerate(said):
        await office.town.text(replying.phones[position], words)
    await page.goto(replying.path(0))
    await settled(page)
    return replying


async def settled(page: Page) -> None:
    """What was just shown takes presses."""
    await expect(page.locator("[data-pane][data-settled]")).to_be_visible()


def last(page: Page) -> Locator:
    return page.locator(".pane .said").last


@pytest.mark.timeout(200)
async def test_on_a_phone_one_tap_answers_two_send_a_ready_answer_and_two_opt_out(
    office: Office, screen: Screen
) -> None:
    page = await screen("texter", width=390)
    replying = await opened(office, page, "Where is it?", "I can't", "Leave it", "You are a piece of shit")
    await check_page(page)
    await page.get_by_role("button", name="Send at once: It is at the hall, Ana.").tap()
    await expect(last(page)).to_contain_text("waiting")
    await expect(page.locator("[data-one-tap]")).to_have_count(0)
    await settled(page)
    await page.get_by_role("link", name="Next").tap()

    await expect(page.get_by_role("heading", name="Beto")).to_be_visible()
    await settled(page)
    await page.get_by_role("button", name="Cannot come").tap()
    await page.get_by_role("button", name="Send", exact=True).tap()
    await expect(last(page)).to_contain_text("Thank you for telling us, another time!")
    await settled(page)
    await page.get_by_role("link", name="Next").tap()

    await expect(page.get_by_role("heading", name="Chen")).to_be_visible()
    await settled(page)
    await page.get_by_role("link", name="Opt out").tap()
    await check_page(page)
    await page.get_by_role("button", name="They asked to stop").tap()
    await expect(page.get_by_text("They get no more texts from anybody here.")).to_be_visible()

    await expect(page.get_by_role("heading", name="Dara")).to_be_visible()
    await expect(page.get_by_text("You are a piece of shit")).to_be_hidden()
    await settled(page)
    await check_page(page)
    await page.get_by_text("Hidden: may be abusive.").tap()
    await expect(page.get_by_text("You are a piece of shit")).to_be_visible()
    await office.town.pump()
    assert await office.town.received(replying.phones[0]) == ["It is at the hall, Ana. See you there!"]
    assert await office.town.received(replying.phones[1]) == ["Thank you for telling us, another time!"]
    [(out,)] = await office.town.query("select id from recipient where suppressed_at is not null")
    assert out == replying.recipient(2)
    await page.goto(replying.path(2))
    await check_page(page)


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_reply_that_comes_in_moves_nothing(office: Office, screen: Screen, width: int) -> None:
    page = await screen("texter", width=width)
    replying = await opened(office, page, "Where is it?", "Hello", "Hi")
    await page.get_by_role("textbox", name="Your answer").fill("It is at")
    await expect(page.locator(".pane-here")).to_have_count(1)
    before = await page.evaluate(PLACES)
    town = office.town
    await town.text(replying.phones[4], "I am new here")
    await town.text(replying.phones[1], "Hello again")
    await town.text(replying.phones[5], "So am I")
    await expect(page.locator("[data-newer]")).to_have_text("2 new")
    await expect(page.locator(f"[data-row='{replying.recipient(1)}'] .talk-last")).to_have_text("Hello again")
    assert await page.evaluate(PLACES) == before
    await expect(page.get_by_role("textbox", name="Your answer")).to_have_value("It is at")
    await check_page(page)
    if width == 1280:
        # Asked for, they come; whoever waits longest still stands first.
        await page.get_by_role("button", name="2 new").click()
        await expect(page.locator("[data-waiting] > li")).to_have_count(5)
        await expect(page.locator("[data-newer]")).to_be_hidden()


async def test_what_they_write_meanwhile_takes_the_one_press_away(office: Office, screen: Screen) -> None:
    page = await screen("texter", width=390)
    replying = await opened(office, page, "Where is it?")
    before = await page.evaluate(PLACES)
    await office.town.text(replying.phones[0], "And is there a ramp?")
    await expect(last(page)).to_contain_text("And is there a ramp?")
    await expect(page.locator("[data-one-tap]")).to_be_disabled()
    assert await page.evaluate(PLACES) == before
    await office.town.text(replying.phones[0], "STOP")
    await expect(page.get_by_text("They have opted out")).to_be_visible()
    await expect(page.get_by_role("textbox")).to_be_hidden()


async def test_by_keys_alone_beside_the_list_in_spanish(office: Office, screen: Screen) -> None:
    page = await screen("texter", dark=True, language="es")
    replying = await opened(office, page, "Where is it?", "I can't", "Hi")
    await check_page(page)
    await expect(page.get_by_role("heading", name="Esperan tu respuesta")).to_be_visible()
    loaded = await page.evaluate("performance.timeOrigin")
    await page.keyboard.press("n")
    await expect(page.get_by_role("heading", name="Beto")).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("[data-find]")).to_be_focused()
    await page.keyboard.type("tell")
    await expect(page.locator(".ready-strip li:visible")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-send]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(last(page)).to_contain_text(re.compile("Thank you for telling us.*en espera", re.DOTALL))
    await expect(page.get_by_role("heading", name="Beto")).to_be_focused()
    await page.keyboard.press("d")
    await expect(page.get_by_role("heading", name="Chen")).to_be_focused()
    assert await page.evaluate("performance.timeOrigin") == loaded
    # Switched off on one's own page, no letter does anything.
    await office.town.execute(
        "update member set shortcuts = false where id = :id", id=office.members["texter"]
    )
    await page.reload()
    await settled(page)
    await page.locator("[data-focus-pane]").focus()
    await page.keyboard.press("n")
    await page.keyboard.press("d")
    await page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    await expect(page.get_by_role("heading", name="Chen")).to_be_visible()
    assert page.url.endswith(replying.path(2))
    [(waits,)] = await office.town.query(
        "select needs_reply_since is not null from conversation where recipient_id = :r",
        r=replying.recipient(2),
    )
    assert waits


async def test_a_draft_stays_with_its_conversation(office: Office, screen: Screen) -> None:
    page = await screen("texter")
    replying = await opened(office, page, "One", "Two")
    box = page.get_by_role("textbox", name="Your answer")
    await box.fill("For Ana")
    await page.locator(f"[data-row='{replying.recipient(1)}'] a").click()
    await expect(page.get_by_role("heading", name="Beto")).to_be_visible()
    await expect(box).to_have_value("")
    await page.locator(f"[data-row='{replying.recipient(0)}'] a").click()
    await expect(page.get_by_role("heading", name="Ana")).to_be_visible()
    await expect(box).to_have_value("For Ana")
    await page.context.set_offline(True)
    await settled(page)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("The connection failed. Nothing was sent")).to_be_visible()
    await expect(box).to_have_value("For Ana")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(last(page)).to_contain_text("For Ana")
    await expect(box).to_have_value("")
