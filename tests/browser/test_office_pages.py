"""Coming in, the start page, the team, one's own page, settings: on small and large screens, by keyboard."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import PASSWORD, Office

PAGES = (
    "/",
    "/team",
    "/me",
    "/settings",
    "/settings/audit",
    "/settings/senders",
    "/settings/senders/1",
    "/practice",
    "/no-such-page",
)
SCREENS = [(320, True, "es"), (1280, False, "en")]


async def make_busy(office: Office) -> None:
    """Something on every part of every page."""
    office.town.settings.twilio_api_url = office.town.carrier_url
    staff = await office.signed_in("owner")
    await staff.post("/team/invites", role="texter", head_count=20)
    await office.town.text("+15105550188", "When is the meeting?")
    await office.town.execute(
        "update sender set halted_at = now(), halted_reason = 'The campaign was not approved.'"
    )
    await office.town.execute("update carrier_account set held_since = now() - interval '2 minutes'")


@pytest.mark.parametrize(("width", "dark", "language"), SCREENS)
async def test_every_office_page_is_right_on_every_screen(
    screen: Screen, office: Office, width: int, dark: bool, language: str
) -> None:
    await make_busy(office)
    page = await screen("owner", width=width, dark=dark, language=language)
    for path in PAGES:
        await page.goto(path)
        await expect(page.locator("html")).to_have_attribute("lang", language)
        await check_page(page)
    await page.goto("/team")
    await page.locator("[data-opens=invite]").click()
    await expect(page.locator("dialog#invite")).to_be_visible()
    await check_page(page)


@pytest.mark.parametrize(("width", "dark", "language"), SCREENS)
async def test_the_pages_of_coming_in_are_right_on_every_screen(
    screen: Screen, office: Office, width: int, dark: bool, language: str
) -> None:
    staff = await office.signed_in("owner")
    links = []
    for role in ("texter", "organizer"):
        answer = await staff.post("/team/invites", role=role)
        found = re.search(r'value="http[^"]*(/join/[^"]+)"', answer.text)
        assert found
        links.append(found[1])
    page = await screen(width=width, dark=dark, language=language)
    for path in ("/sign-in", *links, "/join/1.used-up"):
        await page.goto(path)
        await check_page(page)
    await page.goto("/sign-in")
    await page.locator("[name=email]").fill("owner@riverside.example")
    await page.locator("[name=password]").fill("not the words")
    await page.locator("form[action='/sign-in'] button").click()
    await expect(page.locator("[name=email]")).to_have_value("owner@riverside.example")
    await check_page(page)


async def test_somebody_comes_in_invites_and_goes_with_the_keyboard_alone(
    screen: Screen, office: Office
) -> None:
    page = await screen()
    await page.goto("/team")
    await expect(page).to_have_url(re.compile("/sign-in"))
    # The cursor stands where one begins to type.
    await page.keyboard.type("owner@riverside.example")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{office.url}/team")
    await press_until(page, "Invite people")
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog#invite")).to_be_visible()
    await press_until(page, "Make the link")
    await page.keyboard.press("Enter")
    await expect(page.locator("#new-link")).to_have_value(re.compile("/join/"))
    await press_until(page, "Sign out")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{office.url}/sign-in")


async def press_until(page: Page, words: str) -> None:
    """Go on with Tab until what has the focus says so."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if words in (await page.evaluate("document.activeElement?.innerText") or ""):
            return
    raise AssertionError(f"Tab never comes to {words!r}")
