"""Each state of a texter's two screens: no axe finding, narrow and enlarged, and with the Tab key alone."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.browser.test_keyboard_alone import walk
from tests.factories.office import Office
from tests.factories.replying import begin_replying
from tests.factories.texting import make_campaign

NARROW, ENLARGED = {"width": 320, "height": 640}, {"width": 640, "height": 400}
"""The smallest phone, and a laptop's screen at 200 %."""


async def is_right(page: Page, path: str, told: str) -> list[str]:
    """What is wrong with this state, on both screens; and with colours that the device sets."""
    for size in (NARROW, ENLARGED):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.goto(path)
        await expect(page.get_by_text(told).first).to_be_attached()
        await page.wait_for_load_state("networkidle")
        await check_page(page)
    # Where the least is in sight at once.
    wrong = [f"{told}: {each}" for each in await walk(page)]
    await page.emulate_media(forced_colors="active")
    await check_page(page)
    await page.emulate_media(forced_colors="none")
    return wrong


async def test_first_texts_in_every_state(office: Office, screen: Screen) -> None:
    town, me = office.town, office.members["texter"]
    page = await screen("texter")
    await page.add_init_script("window.EventSource = class { addEventListener() {} close() {} }")
    wrong = await is_right(page, "/texting", "No campaign yet")
    texting = await make_campaign(town, 3, texters=(me,))
    path = f"/texting/{texting.campaign_id}"
    wrong += await is_right(page, path, "Start texting")
    wrong += await is_right(page, "/texting/practice", "Send")
    await page.goto(path)
    await page.get_by_role("button", name="Start texting").click()
    await expect(page.locator("[data-send]")).to_be_visible()
    wrong += await is_right(page, path, "Stop for now")
    wrong += await is_right(page, "/texting", "Go on:")
    wrong += await is_right(page, "/texting/shell", "No network")
    await town.execute("update campaign set state = 'paused'")
    wrong += await is_right(page, path, "The campaign is paused")
    await town.execute("update campaign set state = 'done'")
    wrong += await is_right(page, path, "The campaign has ended")
    wrong += await is_right(page, "/texting/999", "There is no such campaign")
    await town.execute(
        "update member set suspended_at = now(), suspended_because = 'A word' where id = :m", m=me
    )
    wrong += await is_right(page, "/texting", "Your captain wants a word")
    assert wrong == []


async def test_replies_in_every_state(office: Office, screen: Screen) -> None:
    town = office.town
    replying = await begin_replying(office, 3)
    page = await screen("texter")
    await page.add_init_script("window.EventSource = class { addEventListener() {} close() {} }")
    wrong = await is_right(page, "/texting/conversations", "Nobody waits for you")
    await town.text(replying.phones[0], "Where do we meet?")
    await town.text(replying.phones[1], "STOP")
    await town.text(replying.phones[2], "I will call my lawyer about these texts")
    wrong += await is_right(page, "/texting/conversations", "Where do we meet?")
    wrong += await is_right(page, replying.path(0), "Where do we meet?")
    wrong += await is_right(page, replying.path(1), "They have opted out")
    wrong += await is_right(page, replying.path(2), "lawyer")
    assert wrong == []
