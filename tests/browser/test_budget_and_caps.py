"""A budget that stops a campaign, and a cap that holds one, as an admin meets them in a real browser."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.campaigning import draft, launch, people, queue, recount
from tests.factories.office import Office


async def leaves(office: Office) -> None:
    await office.town.pump()
    await recount(office)


async def test_a_budget_stops_a_blast_and_a_raised_one_lets_it_go_on(office: Office, screen: Screen) -> None:
    everybody = await people(office, 5)
    campaign = await draft(office)
    page = await screen("admin", width=390)
    await page.goto("/settings/money")
    await page.get_by_role("textbox", name="A segment from a local number").fill("0.01")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.goto(f"/campaigns/{campaign}/review")
    await page.get_by_role("link", name="Change budget and caps").click()
    await page.get_by_role("textbox", name="Budget in dollars").fill("0.03")
    await page.get_by_role("button", name="Set the budget").click()
    await expect(page.locator("#limits")).to_contain_text("It may cost $0.03")
    await expect(page.locator("#limits")).to_contain_text("not enough for everybody")
    await page.get_by_role("button", name="Launch").click()
    await page.locator("#confirm").get_by_role("button", name="Launch").click()
    await expect(page.get_by_text("Launched.")).to_be_visible()
    await queue(office, campaign)
    await leaves(office)
    assert sum([len(await office.town.received(phone)) for phone in everybody]) == 3
    await page.reload()
    await expect(page.locator("#budget")).to_contain_text("Nothing is lost")
    await expect(page.locator("#live")).to_contain_text("$0.03 of $0.03")
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("Raise the budget first")).to_be_visible()
    await page.get_by_role("link", name="Raise the budget").click()
    await page.get_by_role("textbox", name="Budget in dollars").fill("1")
    await page.get_by_role("button", name="Set the budget").click()
    await expect(page.get_by_text("The budget is set.")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("It goes on.")).to_be_visible()
    await leaves(office)
    assert [len(await office.town.received(phone)) for phone in everybody] == [1] * 5
    await page.reload()
    await expect(page.locator("#live")).to_contain_text("$0.05 of $1.00")


@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (320, True, "es")])
async def test_what_a_cap_holds_is_seen_and_an_urgent_campaign_goes_on(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    everybody = await people(office)
    await launch(office, await draft(office))
    await office.town.pump()
    campaign = await draft(office, words="And bring a neighbor.")
    page = await screen("admin", width=width, dark=dark, language=language)
    await page.goto(f"/campaigns/{campaign}/review")
    await check_page(page)
    await launch(office, campaign)
    await leaves(office)
    await page.goto(f"/campaigns/{campaign}")
    held = page.locator("#live .notice a")
    await expect(held).to_be_visible()
    await check_page(page)
    await held.click()
    await page.locator("textarea[name=because]").fill("Polls close tonight and ballots can still be cured.")
    await check_page(page)
    await page.locator("#caps form button").click()
    await expect(page.locator("#live")).to_be_visible()
    await leaves(office)
    assert [len(await office.town.received(phone)) for phone in everybody] == [2] * 3
    await page.goto("/settings/money")
    await check_page(page)
