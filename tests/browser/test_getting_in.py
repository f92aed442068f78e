"""From the link to the first real text on a phone, with words read, seconds and taps; and coming back."""

import json
import re
import sys

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.texting import make_campaign
from tests.flows.web.test_starting_to_text import link_of
from textbank import clock
from textbank.assignments.practice import EXCHANGES

MOST_WORDS = 120
MOST_TAPS = 5


async def words_on(page: Page) -> int:
    """What there is to read; the banner of practice mode stands only in a simulated installation."""
    text = await page.evaluate(
        "[...document.querySelectorAll('main, .texter-bar')].map((part) => part.innerText).join(' ')"
    )
    return len(re.findall(r"[^\W_]+", text))


def told(figure: str, value: float, unit: str) -> None:
    sys.stdout.write(json.dumps({"figure": figure, "value": round(value, 1), "unit": unit}) + "\n")


@pytest.mark.timeout(180)
async def test_from_the_link_through_practice_to_a_real_text(office: Office, screen: Screen) -> None:
    town = office.town
    texting = await make_campaign(town, 20)
    link = await link_of(office, campaign_id=texting.campaign_id)
    page = await screen(width=390)
    began = clock.monotonic()
    await page.goto(link)
    words = await words_on(page)
    await check_page(page)
    await page.get_by_label("Your name").fill("Nadia Brandt")
    await expect(page.get_by_label("Supporters see")).to_have_value("Nadia")
    await page.get_by_role("button", name="Start", exact=True).tap()
    await expect(page.get_by_role("button", name="Send")).to_be_focused()
    told("link_to_practice_text_s", clock.monotonic() - began, "s")
    words += await words_on(page)
    told("link_to_practice_words", words, "words")
    assert words <= MOST_WORDS

    await practise(page)
    await page.wait_for_url(f"**/texting/{texting.campaign_id}")
    told("link_to_real_texts_s", clock.monotonic() - began, "s")
    assert await town.query("select 1 from message") == []

    # Who comes back another day: from their own page to a text that is really sent.
    await page.goto("/texting")
    await check_page(page)
    taps = 0
    for name in ("Text: Saturday meeting", "Send"):
        button = page.get_by_role("button", name=name)
        await expect(button).to_be_visible()
        # A new contact takes a press only after a moment.
        await page.evaluate("() => new Promise((done) => setTimeout(done, 350))")
        await button.tap()
        taps += 1
    await expect(page.locator("[data-progress-text]")).to_contain_text("2 of 20")
    told("taps_to_a_real_text", taps, "taps")
    assert taps <= MOST_TAPS


async def practise(page: Page) -> None:
    """All six, by keys and thumbs, with one mistake on the way."""
    for number, exchange in enumerate(EXCHANGES):
        await expect(page.get_by_role("heading", name=exchange.name)).to_be_visible()
        await expect(page.get_by_role("button", name="Send")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("What do you do?")).to_be_visible()
        if number == 0:
            await check_page(page)
            await page.locator("[value='thanks']").tap()
            await expect(page.get_by_text("Not quite.")).to_be_visible()
            await check_page(page)
        right = exchange.right[0]
        if right.startswith("out:"):
            await page.locator(".practice-sheet summary").focus()
            await page.keyboard.press("Enter")
            await expect(page.locator(f"[value='{right}']")).to_be_visible()
            await page.locator(f"[value='{right}']").focus()
            await page.keyboard.press("Enter")
        else:
            await page.locator(f"[value='{right}']").tap()


async def test_another_browser_goes_in_by_itself_when_the_word_has_come(
    office: Office, screen: Screen
) -> None:
    await office.signed_out().request(
        "POST", await link_of(office), data={"name": "Ana Ruiz", "phone": "5105550177"}
    )
    page = await screen(width=320, dark=True, language="es")
    await page.goto(f"/back/{office.town.organization_id}")
    await page.locator("button.primary").tap()
    word = await page.locator(".the-word").inner_text()
    assert re.fullmatch(r"VOLVER \d{4}", word)
    await check_page(page)
    await office.town.text("+15105550177", word)
    await page.wait_for_url("**/texting")
    await check_page(page)


async def test_the_next_person_at_a_shared_computer_finds_nothing(office: Office, screen: Screen) -> None:
    page = await screen(width=1280)
    link = await link_of(office)
    await page.goto(link)
    await page.get_by_label("Your name").fill("Nadia Brandt")
    await page.get_by_label("Others use this computer, too").check()
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.locator("body[data-shared]")).to_be_visible()
    await page.goto("/texting")
    await page.evaluate("localStorage.setItem('anything', 'about somebody')")
    await page.get_by_role("button", name="next person").click()
    await expect(page.get_by_label("Your name")).to_have_value("")
    assert page.url.endswith(link)
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (1280, False, "en")])
@pytest.mark.timeout(120)
async def test_pages_of_captains_on_every_screen(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    town = office.town
    texting = await make_campaign(town, 2)
    await town.execute(
        "insert into member (organization_id, name, role, approval, suspended_at, suspended_because) values "
        "(:o, 'Ben Ortiz', 'texter', 'waiting', null, ''), "
        "(:o, 'Cara Li', 'texter', 'approved', now(), 'Talk')",
        o=town.organization_id,
    )
    await town.execute(
        "insert into team (organization_id, name) values (:o, 'North')", o=town.organization_id
    )
    [(team,)] = await town.query("select id from team")
    page = await screen("organizer", width=width, dark=dark, language=language)
    for path in ("/texters", "/settings/texting", "/teams", f"/teams/{team}"):
        await page.goto(path)
        await check_page(page)
    await page.goto(f"/campaigns/{texting.campaign_id}/texters")
    await page.locator("#links form button").click()
    await expect(page.locator(".qr")).to_be_visible()
    await check_page(page)
