"""A browser that keeps nothing and knows no neighbours: first texts are sent all the same, once each."""

from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.texting import make_campaign

_NOTHING_THERE = """
  const gone = (of, name) => Object.defineProperty(of, name, {
    configurable: true,
    get() { if (name.endsWith("Storage") || name === "indexedDB") throw new Error("off"); },
  });
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) gone(window, name);
  delete window.BroadcastChannel;
  delete window.PushManager;
  delete window.Notification;
  delete HTMLFormElement.prototype.requestSubmit;
  delete HTMLElement.prototype.inert;
  for (const name of ["locks", "serviceWorker", "setAppBadge"]) delete Navigator.prototype[name];
"""


async def test_first_texts_leave_once_each_from_a_browser_that_has_next_to_nothing(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 6, texters=(office.members["texter"],))
    page = await screen("texter", width=320)
    await page.add_init_script(_NOTHING_THERE)
    await page.goto(f"/texting/{texting.campaign_id}")
    assert await page.evaluate(
        "[navigator.locks, window.BroadcastChannel, window.PushManager].every((each) => !each)"
    )
    await page.get_by_role("button", name="Start texting").click()
    for position in range(1, 7):
        await expect(page.locator("[data-progress-text]")).to_have_text(f"{position} of 6")
        await page.wait_for_timeout(320)
        if position == 2:
            # By a key, with the focus elsewhere.
            await page.evaluate("document.activeElement.blur()")
            await page.keyboard.press("Space")
        elif position == 3:
            await page.locator("[data-send]").dblclick()
        else:
            await page.locator("[data-send]").tap()
    await expect(page.locator("[data-done-state]")).to_have_text("6 sent · 0 waiting · 0 not sent")
    await expect(page.locator("[data-push]")).to_be_hidden()
    await check_page(page)
    await town.let_all_leave()
    for phone in texting.people:
        assert len(await town.received(phone)) == 1
    # The reply screen stands on its own feet, too.
    first = next(iter(texting.people))
    await town.text(first, "Where do we meet?")
    await page.get_by_role("link", name="Answer replies").click()
    await page.get_by_text("Where do we meet?").click()
    await expect(page.locator("[data-settled] .pane-answer")).to_be_visible()
    await page.get_by_role("textbox", name="Your answer").fill("At the hall.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".bubble").last).to_have_text("At the hall.")
    await town.let_all_leave()
    assert (await town.received(first))[1:] == ["At the hall."]
