"""Being in command of a campaign, in a real browser: a part first, stopping the rest, other words."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.campaigning import draft, launch, people, queue, recount
from tests.factories.office import Office
from textbank.campaigns.first_part import wait_after_first_part
from textbank.campaigns.look_after import look_after_campaigns


async def first_part_leaves(office: Office, campaign: int) -> None:
    town = office.town
    await queue(office, campaign)
    await town.pump()
    async with town.database.transaction(town.organization_id) as session:
        await wait_after_first_part(session, town.organization_id)
    await recount(office)


@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (320, True, "es")])
async def test_every_page_of_a_beginning_reads_well(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    await people(office)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    page = await screen("organizer", width=width, dark=dark, language=language)
    await staff.post(f"/campaigns/{campaign}/wordings", body="Other words of the same")
    for step in ("start", "wordings"):
        await page.goto(f"/campaigns/{campaign}/{step}")
        await check_page(page)
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="2")
    await page.goto(f"/campaigns/{campaign}/review")
    await check_page(page)
    await office.town.execute("update campaign set state = 'scheduled', starts_at = now() + interval '1 day'")
    await page.goto(f"/campaigns/{campaign}")
    await check_page(page)
    await office.town.execute("update campaign set state = 'draft', starts_at = null")
    await launch(office, campaign)
    await first_part_leaves(office, campaign)
    await office.town.execute("update campaign_progress set delivered = 190, failed = 10, opted_out = 9")
    for path in (f"/campaigns/{campaign}", "/"):
        await page.goto(path)
        await check_page(page)


async def test_a_part_first_then_the_rest(office: Office, screen: Screen) -> None:
    everybody = await people(office, 5)
    campaign = await draft(office)
    page = await screen("organizer", width=390)
    await page.goto(f"/campaigns/{campaign}/review")
    await page.get_by_role("link", name="Begin with a part, or later").click()
    await page.get_by_text("So many people, drawn at random").click()
    await page.get_by_role("textbox", name="How many people").fill("2")
    await page.get_by_role("button", name="Save and go back to the review").click()
    await expect(page.locator("#start")).to_contain_text("2 people get it first")
    await page.get_by_role("button", name="Launch").click()
    await page.locator("#confirm").get_by_role("button", name="Launch").click()
    await expect(page.get_by_text("Launched.")).to_be_visible()
    await first_part_leaves(office, campaign)
    await page.reload()
    await expect(page.locator("#first-part")).to_contain_text("The first 2 have left")
    await page.get_by_role("button", name="Go on with the rest").click()
    await expect(page.get_by_text("It goes on with the rest.")).to_be_visible()
    await queue(office, campaign)
    await office.town.pump()
    assert [len(await office.town.received(phone)) for phone in everybody] == [1] * 5


async def test_stopping_the_rest_asks_and_then_nothing_more_leaves(office: Office, screen: Screen) -> None:
    everybody = await people(office, 4)
    campaign = await draft(office)
    staff = await office.signed_in("organizer")
    await staff.post(f"/campaigns/{campaign}/start", first="people", people="1")
    await launch(office, campaign)
    await first_part_leaves(office, campaign)
    page = await screen("organizer")
    await page.goto(f"/campaigns/{campaign}")
    await page.get_by_role("button", name="Stop the rest").click()
    await page.locator("#confirm").get_by_role("button", name="Stop the rest").click()
    await expect(page.get_by_text("The rest was stopped.")).to_be_visible()
    await queue(office, campaign)
    await office.town.pump()
    await recount(office)
    await expect(page.locator("#live")).to_contain_text("stopped by your team")
    assert sum([len(await office.town.received(phone)) for phone in everybody]) == 1


async def test_pause_other_words_and_on(office: Office, screen: Screen) -> None:
    everybody = await people(office)
    campaign = await draft(office, words="The old words")
    await launch(office, campaign)
    await recount(office)
    page = await screen("organizer")
    await page.goto(f"/campaigns/{campaign}")
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused. Nothing more leaves.")).to_be_visible()
    await page.get_by_label("Words for everything that has not left").fill("The new words")
    await page.get_by_role("button", name="Use these words").click()
    await expect(page.get_by_text("The new words are in.")).to_be_visible()
    await look_after_campaigns(office.town.database)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_text("It goes on.")).to_be_visible()
    await office.town.pump()
    for phone in everybody:
        assert ["The new words" in text for text in await office.town.received(phone)] == [True]
