"""A texter who comes back the next day, signed out meanwhile: from a word by text to the first answer."""

import time

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.browser.test_first_texts_offline import KEPT
from tests.factories.office import Office
from tests.factories.texting import Texting, give_a_script, make_campaign, more_texters
from tests.flows.web.test_starting_to_text import link_of
from textbank.assignments.take_batch import take_batch
from textbank.conversations.give_back_of_away import give_back_of_away

PHONE = "+15105550177"


async def first_evening(office: Office, texting: Texting, page: Page) -> None:
    """They come by the link, take a batch and send one text of it."""
    await page.goto(await link_of(office, campaign_id=texting.campaign_id))
    await page.get_by_label("Your name").fill("Nadia Brandt")
    await page.get_by_label("Your phone").fill("(510) 555-0177")
    await page.get_by_role("button", name="Start", exact=True).tap()
    await page.get_by_role("button", name="Skip").tap()
    await page.get_by_role("button", name="Start texting").tap()
    await expect(page.locator("[data-send]")).to_be_visible()
    await page.evaluate("() => new Promise((done) => setTimeout(done, 320))")
    await page.locator("[data-send]").tap()
    await expect(page.locator("[data-state]")).to_have_text("1 sent · 0 waiting · 0 not sent")


async def night(office: Office, texting: Texting) -> None:
    """The session ends, their people go back and the first of them to somebody else, and a reply comes."""
    town = office.town
    [other] = await more_texters(office, 1)
    await town.let_all_leave()
    await town.execute("update campaign_texter set active_at = now() - interval '14 hours'")
    await town.execute("update sign_in set seen_at = now() - interval '14 hours', ended_at = now()")
    await town.text(next(iter(texting.people)), "Where is it?")
    async with town.database.transaction(town.organization_id) as session:
        await take_batch(session, town.organization_id, texting.campaign_id, other, batch=1)
        await give_back_of_away(session, town.organization_id)
    assert await town.query("select assigned_member_id from conversation") == [(None,)]


@pytest.mark.timeout(120)
async def test_who_comes_back_the_next_day_is_in_by_a_text_and_answers_what_came_at_night(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 4)
    await give_a_script(town, texting.campaign_id)
    await town.execute("update recipient set place = 'test/open'")
    page = await screen(width=390)
    await first_evening(office, texting, page)
    assert await page.evaluate(KEPT) != []
    await page.close()
    await night(office, texting)

    page = await page.context.new_page()
    await page.clock.install(time=time.time() + 25 * 3600)
    # Their own bookmark: the session is over, but the browser still knows where they texted.
    await page.goto("/texting")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await check_page(page)
    await page.get_by_role("link", name="Texted here before?").tap()
    await page.get_by_role("button", name="Show me what to text").tap()
    word = await page.locator(".the-word").inner_text()
    await check_page(page)
    await town.text(PHONE, word)
    await page.wait_for_url("**/texting")
    await check_page(page)
    assert await page.evaluate(KEPT) == []
    await answers_what_came(office, texting, page)
    await goes_on(office, texting, page)


async def answers_what_came(office: Office, texting: Texting, page: Page) -> None:
    town, phone = office.town, next(iter(texting.people))
    await page.get_by_role("link", name="Replies to answer").tap()
    await expect(page.get_by_text("1 person waits for somebody")).to_be_visible()
    await page.get_by_role("button", name="Take some").tap()
    await expect(page.get_by_role("heading", name="Ana")).to_be_visible()
    # Their own first text is part of what they read.
    await expect(page.locator(".pane .said.out").first).to_contain_text("Nadia")
    await expect(page.locator("[data-pane][data-settled]")).to_be_visible()
    await check_page(page)
    await page.get_by_role("button", name="It is at the hall").tap()
    await page.get_by_role("button", name="Send", exact=True).tap()
    await expect(page.locator(".pane .said").last).to_contain_text("It is at the hall, Ana.")
    await town.let_all_leave()
    assert (await town.received(phone))[-1] == "It is at the hall, Ana. See you there!"


async def goes_on(office: Office, texting: Texting, page: Page) -> None:
    """Whom nobody has texted since is there again."""
    await page.goto("/texting")
    await page.get_by_role("button", name="Text: Saturday meeting").tap()
    await expect(page.locator("[data-progress-text]")).to_have_text("1 of 2")
    await expect(page.locator("[data-name]")).to_have_text("Chen")
