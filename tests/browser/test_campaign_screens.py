"""The campaign pages in a real browser: on every screen, by keyboard, and quick to get through."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.campaigning import draft, launch, people, recount
from tests.factories.office import PASSWORD, Office

WORDS = "Hi {first_name|friend}, don’t miss the hearing on Tuesday at 6 pm."
REFRESHES = 30


class Clicks:
    """Counts what a person presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    async def press(self, role: str, name: str, *, within: str = "main") -> None:
        await self.page.locator(within).get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
        self.count += 1


async def test_a_blast_to_an_existing_list_takes_eight_clicks_from_signing_in(
    office: Office, screen: Screen
) -> None:
    await people(office)
    page = await screen(None)
    await page.goto("/sign-in")
    clicks = Clicks(page)
    await page.get_by_label("E-mail").fill("organizer@riverside.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await clicks.press("button", "Sign in", within="body")
    await clicks.press("link", "Campaigns", within="aside")
    await clicks.press("link", "New campaign", within=".page-head")
    await page.get_by_label("Name").fill("Hearing")
    await page.locator("label", has_text="Rent Alerts").click()
    clicks.count += 1
    await clicks.press("button", "Go on to the words")
    await page.get_by_label("Your words").fill("Hi {first_name|friend}, hearing on Tuesday.")
    await expect(page.locator("#preview")).to_contain_text("Hi Ana, hearing on Tuesday.")
    await clicks.press("button", "Review")
    await clicks.press("button", "Launch")
    await clicks.press("button", "Launch", within="#confirm")
    await expect(page.get_by_role("heading", name="How far it is")).to_be_visible()
    assert clicks.count == 8
    assert await office.town.query("select state from campaign") == [("running",)]


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (1280, False, "en")])
async def test_every_page_fits_every_screen_without_a_finding(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    await people(office, 5)
    page = await screen("admin", width=width, dark=dark, language=language)
    drafted = await draft(office, words=WORDS)
    volunteers = await draft(office, kind="p2p", words="Hi {first_name|there}, it's {texter}.")
    steps = [f"/{drafted}/{step}" for step in ("audience", "words", "review", "hours")]
    for path in ["", "/new", *steps, f"/{volunteers}/words"]:
        await page.goto(f"/campaigns{path}")
        await check_page(page)
    for campaign in (drafted, volunteers):
        await launch(office, campaign)
    await office.town.pump()
    await recount(office)
    for path in ("", f"/{drafted}", f"/{volunteers}"):
        await page.goto(f"/campaigns{path}")
        await check_page(page)
    await page.goto("/disclaimers")
    await check_page(page)


async def test_the_keyboard_alone_puts_a_field_in_and_straightens_the_words(
    office: Office, screen: Screen
) -> None:
    await people(office)
    campaign = await draft(office, words="Don’t miss it ")
    page = await screen("organizer")
    await page.goto(f"/campaigns/{campaign}/words")
    await page.get_by_label("Your words").focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" ")
    await page.get_by_role("button", name="{first_name|friend}").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your words")).to_have_value("Don’t miss it {first_name|friend}")
    await expect(page.locator("#preview")).to_contain_text("Don’t miss it Ana")
    await page.get_by_role("button", name="{last_name|}").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type("you")
    await expect(page.get_by_label("Your words")).to_have_value(
        "Don’t miss it {first_name|friend}{last_name|you}"
    )
    await page.get_by_role("button", name="Use plain characters").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your words")).to_have_value(
        "Don't miss it {first_name|friend}{last_name|you}"
    )


async def test_the_live_page_moves_by_itself_and_stopping_asks_first(office: Office, screen: Screen) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await recount(office)
    page = await screen("organizer", width=390)
    await page.goto(f"/campaigns/{campaign}")
    await expect(page.locator("#live")).to_contain_text("0 of 3")
    await office.town.pump()
    await recount(office)
    await expect(page.locator("#live")).to_contain_text("3 of 3")
    await page.get_by_role("button", name="Stop the rest").click()
    await expect(page.locator("#confirm")).to_contain_text("This cannot be undone")
    await page.get_by_role("button", name="Go back").click()
    assert await office.town.query("select state from campaign") == [("running",)]
    await office.town.execute("update campaign set state = 'done', finished_at = now()")
    await expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    await expect(page.get_by_role("button", name="Stop the rest")).to_have_count(0)


async def test_the_live_page_takes_no_more_memory_the_longer_it_is_open(
    office: Office, screen: Screen
) -> None:
    await people(office)
    campaign = await draft(office)
    await launch(office, campaign)
    await recount(office)
    page = await screen("organizer")
    await page.goto(f"/campaigns/{campaign}")
    session = await page.context.new_cdp_session(page)

    async def heap_after(refreshes: int) -> float:
        for each in range(refreshes):
            await office.town.execute("update campaign_progress set delivered = :n", n=each)
            async with page.expect_response(lambda answer: answer.url.endswith("/live")):
                await page.evaluate("document.dispatchEvent(new Event('textbank:changed'))")
        await session.send("HeapProfiler.collectGarbage")
        return float((await session.send("Runtime.getHeapUsage"))["usedSize"])

    early = await heap_after(REFRESHES)
    assert await heap_after(4 * REFRESHES) < 1.2 * early


async def test_a_first_text_is_kept_while_a_ready_made_reply_is_added(office: Office, screen: Screen) -> None:
    await people(office, 2)
    page = await screen("organizer", width=390)
    drafted = await draft(office, kind="p2p", words="Hi {first_name|there}, it's {texter}.")
    await page.goto(f"/campaigns/{drafted}/words")
    box = page.get_by_label("The first text")
    await box.fill("Good evening {first_name|there}, it's {texter}.")
    await page.get_by_label("Title").fill("Where")
    await page.get_by_label("Reply", exact=True).fill("At the hall.")
    await page.get_by_role("button", name="Add the reply").click()
    await expect(page.get_by_text("At the hall.")).to_be_visible()
    await expect(box).to_have_value("Good evening {first_name|there}, it's {texter}.")
    await expect(page.locator("#preview")).to_contain_text("Good evening Ana")
    await page.get_by_role("button", name="Save for later").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(box).to_have_value("Good evening {first_name|there}, it's {texter}.")
    await page.reload()
    await expect(page.locator("#preview")).to_contain_text("Good evening Ana")
