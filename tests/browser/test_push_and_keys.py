"""Told of replies while away, on a phone; a page on the home screen; keys that can be switched off."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.push import PushService
from tests.factories.texting import make_campaign

# A browser without a screen allows no notifications, and no push service is asked in a test: what a phone
# would answer is put in their place.
_BROWSER_ANSWERS = """
  const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = (text) => Uint8Array.from(plain(text), (each) => each.charCodeAt(0));
  const keys = { p256dh: bytes("%(p256dh)s"), auth: bytes("%(auth)s") };
  let allowed = "default";
  Object.defineProperty(Notification, "permission", { get: () => allowed });
  Notification.requestPermission = async () => (allowed = "granted");
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (options) => {
    window.askedWith = options;
    return { endpoint: "%(endpoint)s", getKey: (name) => keys[name].buffer };
  };
"""
# The worker's own script, with a stand-in for what is around it.
_PUSHED = """async (data) => {
  const [shown, heard, waits] = [[], {}, []];
  const self = {
    addEventListener: (name, hear) => (heard[name] = hear),
    registration: { showNotification: async (title, { body, tag }) => shown.push([title, body, tag]) },
    navigator: { setAppBadge: async (count) => shown.push(count) },
  };
  %s
  heard.push({ data: { json: () => JSON.parse(data) }, waitUntil: (work) => waits.push(work) });
  await Promise.all(waits);
  return shown;
}"""


async def send_all(page: Page, texting_id: int, count: int) -> None:
    """A whole batch, by thumb."""
    await page.goto(f"/texting/{texting_id}")
    await page.get_by_role("button", name="Start texting").click()
    for position in range(1, count + 1):
        await expect(page.locator("[data-progress-text]")).to_have_text(f"{position} of {count}")
        await expect(page.locator("[data-push]")).to_be_hidden()
        await page.wait_for_timeout(320)
        await page.locator("[data-send]").tap()
    await expect(page.get_by_role("heading", name="That was this batch")).to_be_visible()


async def test_push_is_offered_after_the_first_batch_and_says_a_number(
    office: Office, screen: Screen
) -> None:
    service = PushService(url="http://127.0.0.1:9")
    texting = await make_campaign(office.town, 2, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.add_init_script(_BROWSER_ANSWERS % service.subscription)
    await send_all(page, texting.campaign_id, 2)
    await expect(page.get_by_role("heading", name="Shall we tell you")).to_be_visible()
    await check_page(page)
    await page.get_by_role("button", name="Yes, tell me").click()
    await expect(page.get_by_text("This device is told.")).to_be_visible()
    [(kept,)] = await office.town.query("select endpoint from push_subscription")
    assert kept == service.subscription["endpoint"]
    assert await page.evaluate("askedWith.userVisibleOnly && askedWith.applicationServerKey.length") == 65

    # What the worker shows is its own words around a number, whatever else arrives.
    script = await page.evaluate("async () => (await fetch('/texting/worker.js?l=en')).text()")
    blank = await page.context.new_page()
    for data, said in (
        ('{"waiting": 3, "name": "Ana"}', [3, ["Textbank", "3 people wait for your answer", "replies"]]),
        ('{"waiting": 1}', [1, ["Textbank", "1 person waits for your answer", "replies"]]),
        ("Ana", [["Textbank", "people wait for your answer", "replies"]]),
    ):
        assert await blank.evaluate(_PUSHED.replace("%s", script), data) == said
    await page.goto("/me")
    await page.get_by_role("button", name="Yes, tell me").click()
    await page.get_by_role("button", name="Tell this device nothing more").click()
    await expect(page.get_by_role("button", name="Yes, tell me")).to_be_visible()
    assert await office.town.query("select 1 from push_subscription") == []


async def test_an_iphone_is_told_the_steps_and_not_now_is_not_asked_again(
    office: Office, screen: Screen
) -> None:
    texting = await make_campaign(office.town, 2, texters=(office.members["texter"],))
    page = await screen("texter", width=390, language="es")
    await page.add_init_script(
        "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { value: 'iPhone' })"
    )
    await page.goto("/me")
    await expect(page.get_by_text("Añadir a pantalla de inicio")).to_be_visible()
    await expect(page.get_by_role("button", name="Ahora no")).to_be_hidden()
    await page.goto("/texting")
    # What a phone needs to put it on its home screen.
    manifest = await page.evaluate(
        "async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()"
    )
    assert manifest["lang"] == "es"
    assert manifest["start_url"] == "/texting"
    for icon in manifest["icons"]:
        size = await page.evaluate(
            "async (src) => { const one = new Image(); one.src = src; await one.decode(); return one.width }",
            icon["src"],
        )
        assert icon["sizes"] == f"{size}x{size}"
    await page.context.add_cookies([{"name": "language", "value": "en", "url": office.url}])
    await send_all(page, texting.campaign_id, 2)
    await expect(page.get_by_text("Add to Home Screen")).to_be_visible()
    await check_page(page)
    await page.get_by_role("button", name="Not now").click()
    await expect(page.locator("[data-push]")).to_be_hidden()
    assert await page.evaluate("localStorage.getItem('textbank-push-later')") == "yes"


async def test_single_keys_are_shown_by_a_question_mark_and_can_be_switched_off(
    office: Office, screen: Screen
) -> None:
    town, texter = office.town, office.members["texter"]
    texting = await make_campaign(town, 3, texters=(texter,))
    first = next(iter(texting.people))
    await town.text(first, "Where do we meet?")
    await town.execute(
        "update conversation set assigned_member_id = :m, campaign_id = :c", m=texter, c=texting.campaign_id
    )
    await town.execute("update member set sound = true")
    page = await screen("texter")
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").click()
    await page.wait_for_function("() => performance.getEntriesByName('ready').length > 0")
    sheet = page.get_by_role("dialog", name="Shortcuts")
    await page.keyboard.press("?")
    await expect(sheet).to_be_visible()
    await check_page(page)
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    # One waits already, and a second one is heard of.
    await expect(page).to_have_title("(1) Saturday meeting · Textbank")
    second = list(texting.people)[1]
    await town.text(second, "Me too!")
    await town.execute("update conversation set assigned_member_id = :m", m=texter)
    await page.evaluate("document.dispatchEvent(new CustomEvent('textbank:changed'))")
    await expect(page).to_have_title("(2) Saturday meeting · Textbank")
    await expect(page.locator("body")).to_have_attribute("data-heard", "1")

    await page.goto(f"/texting/conversations/{texting.people[first]}")
    await expect(page.locator("[data-settled]")).to_be_visible()
    await page.keyboard.press("?")
    await expect(sheet).to_be_visible()
    await check_page(page)
    await page.keyboard.press("Escape")
    # Nothing happens while one writes.
    answer = page.get_by_role("textbox", name="Your answer")
    await answer.fill("")
    await answer.press_sequentially("d?n")
    await expect(sheet).to_be_hidden()
    await expect(answer).to_have_value("d?n")

    await page.goto("/me")
    await page.get_by_label("Single keys as shortcuts").uncheck()
    await page.locator("form[action='/me/ways'] button").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.goto(f"/texting/conversations/{texting.people[first]}")
    await expect(page.locator("[data-settled]")).to_be_visible()
    for key in ("?", "n", "d", "/"):
        await page.keyboard.press(key)
    await expect(sheet).to_be_hidden()
    await expect(page).to_have_url(f"{office.url}/texting/conversations/{texting.people[first]}")
    assert await town.query("select 1 from conversation where needs_reply_since is null") == []
