"""Two browsers: a texter asks, a captain answers, and the answer is there in place; moved, the words stay."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.replying import begin_replying, come_on_shift
from tests.factories.texting import more_texters

# Where everything is that a finger may be on its way to.
PLACES = """() => [...document.querySelectorAll('.pane-bar a, .pane-foot :is(button, textarea, a)')]
  .filter((part) => part.offsetParent)
  .map((part) => part.getBoundingClientRect()).map((box) => [box.x, box.y, box.width, box.height])"""


@pytest.mark.timeout(200)
async def test_a_captains_answer_comes_in_place_and_a_move_keeps_the_words(
    office: Office, screen: Screen
) -> None:
    replying = await begin_replying(office)
    town = office.town
    [helper] = await more_texters(office, 1)
    await come_on_shift(office, helper)
    for position in range(2):
        await town.text(replying.phones[position], "May I bring my dog?")
    texter = await screen("texter", width=390)
    captain = await screen("captain", width=1280)
    await captain.goto("/captain")
    await expect(captain.get_by_text("No texter has a question.")).to_be_visible()
    await texter.goto(replying.path(0))
    await expect(texter.locator("[data-pane][data-settled]")).to_be_visible()
    await texter.get_by_role("link", name="More").tap()
    await texter.get_by_role("textbox", name="Ask a captain").fill("Are dogs allowed?")
    await check_page(texter)
    await texter.get_by_role("button", name="Ask", exact=True).tap()
    await expect(texter.get_by_text("A captain has your question.")).to_be_visible()
    await expect(texter.locator("[data-pane][data-settled]")).to_be_visible()
    await texter.get_by_role("textbox", name="Your answer").fill("Let me ask")
    await expect(texter.locator(".asked-one")).to_be_visible()
    before = await texter.evaluate(PLACES)

    # It comes to the captain by itself, and the menu counts it.
    await expect(captain.get_by_text("Texter Rivera asks")).to_be_visible()
    await expect(captain.locator(".sidebar .count-badge", has_text="1 question waits")).to_have_count(1)
    await check_page(captain)
    await captain.get_by_role("textbox", name="Your answer to Texter Rivera").fill("Yes, on a leash.")
    await captain.get_by_role("button", name="Answer Texter Rivera").click()
    await expect(captain.get_by_text("They have your answer.")).to_be_visible()
    await expect(texter.locator("[data-captains-answer]")).to_have_text("Captain, captain: Yes, on a leash.")
    assert await texter.evaluate(PLACES) == before
    await expect(texter.get_by_role("textbox", name="Your answer")).to_have_value("Let me ask")
    await check_page(texter)

    await captain.get_by_role("link", name="Help Texter Rivera").click()
    await captain.get_by_label("Move them to").select_option(label="Texter 1")
    await check_page(captain)
    await captain.get_by_role("button", name="Move the replies").click()
    await expect(captain.get_by_role("heading", name="On shift", level=1)).to_be_visible()
    await expect(texter.locator(".pane-here")).to_have_text("Moved to Texter")
    await expect(texter.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await expect(texter.get_by_role("textbox", name="Your answer")).to_have_value("Let me ask")
    await check_page(texter)


async def test_who_waits_for_somebody_is_taken_by_one_button(office: Office, screen: Screen) -> None:
    replying = await begin_replying(office)
    town = office.town
    page = await screen("texter", width=390, dark=True, language="es")
    await page.goto("/texting/conversations")
    await expect(page.get_by_text("Nadie te espera")).to_be_visible()
    await town.text(replying.phones[0], "Hola")
    await town.text(replying.phones[1], "Hola")
    await town.execute("update conversation set assigned_member_id = null")
    await page.reload()
    await expect(page.get_by_text("2 personas esperan a alguien")).to_be_visible()
    await check_page(page)
    await page.get_by_role("button", name="Tomar algunas").tap()
    await expect(page.get_by_role("heading", name="Ana")).to_be_visible()
