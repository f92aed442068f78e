"""First texts on a phone that loses its network: nobody is texted twice, nothing is lost unseen, and nothing
about anybody stays on the device for longer than it must."""

import asyncio
import time

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.texting import NAMES, Texting, make_campaign, more_texters
from tests.factories.town import Town, eventually
from textbank.assignments.first_texts import first_texts
from textbank.assignments.press import Press
from textbank.assignments.press import press as press_all
from textbank.assignments.take_batch import take_batch

KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('textbank-texts-'))"
CACHED = """async () => {
  const bodies = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) bodies.push(await (await cache.match(request)).text());
  }
  return bodies.join(" ");
}"""


async def campaign_of(office: Office, count: int, *others: int) -> Texting:
    texting = await make_campaign(office.town, count, texters=(office.members["texter"], *others))
    await office.town.execute("update campaign set batch_size = :n", n=count)
    return texting


async def started(office: Office, screen: Screen, texting: Texting, **look: object) -> Page:
    """A texter's page with a batch, and what opens it without a network in its place."""
    page = await screen("texter", width=390, **look)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.locator("button.tall").first.click()
    await expect(page.locator("[data-send]")).to_be_visible()
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


async def press(page: Page, times: int) -> None:
    """So many presses, each as soon as the next person takes one."""
    for _ in range(times):
        shown = await page.locator("[data-progress-text]").text_content()
        await page.wait_for_timeout(320)
        await page.locator("[data-send]").tap()
        await expect(page.locator("[data-progress-text]")).not_to_have_text(shown or "")


async def signed_out_while_it_is_answered(page: Page, answered: asyncio.Event) -> None:
    """What a press came to arrives between the tap on *Sign out* and the page that follows it."""
    form = page.locator("form[action='/sign-out']").first
    stay = "form.addEventListener('submit', (event) => event.preventDefault(), { once: true })"
    await form.evaluate(f"(form) => {{ {stay}; form.requestSubmit() }}")
    assert await page.evaluate(KEPT) == []
    async with page.expect_event("requestfinished", lambda each: each.url.endswith("/send")):
        answered.set()
    await page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert await page.evaluate(KEPT) == []
    await form.evaluate("(form) => form.requestSubmit()")
    await page.wait_for_url("**/sign-in*")


async def counted(page: Page, sent: int, waiting: int, refused: int = 0) -> None:
    words = f"{sent} sent · {waiting} waiting · {refused} not sent"
    await expect(page.locator("[data-state]")).to_have_text(words)


async def once_each(town: Town, texting: Texting, *, but: str = "") -> None:
    await town.let_all_leave()
    for phone in texting.people:
        assert len(await town.received(phone)) == (0 if phone == but else 1), phone


@pytest.mark.timeout(240)
async def test_fifty_texts_through_a_tunnel_and_a_closed_tab_arrive_once_each(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await campaign_of(office, 50)
    page = await started(office, screen, texting)
    await press(page, 15)
    await counted(page, 15, 0)
    await page.context.set_offline(True)
    await press(page, 15)
    await counted(page, 15, 15)
    await expect(page.locator("[data-note]")).to_have_text("No network. Go on: what you press waits here.")
    await check_page(page)
    await page.close()
    # It opens without a network, with the next person and what waits.
    page = await page.context.new_page()
    await page.goto(f"/texting/{texting.campaign_id}")
    await expect(page.locator("[data-progress-text]")).to_have_text("1 of 20")
    await counted(page, 0, 15)
    await check_page(page)
    await press(page, 10)
    await page.context.set_offline(False)
    await counted(page, 25, 0)
    # Two tabs: one of them sends, whichever one is told to.
    second = await page.context.new_page()
    await second.goto(f"/texting/{texting.campaign_id}")
    await expect(second.get_by_role("heading", name="You are texting in another tab")).to_be_visible()
    await check_page(second)
    await second.get_by_role("button", name="Go on here").click()
    await expect(second.locator("[data-send]")).to_be_visible()
    await expect(page.get_by_role("heading", name="You are texting in another tab")).to_be_visible()
    await press(second, 9)
    await second.wait_for_timeout(320)
    await second.locator("[data-send]").dblclick()
    await expect(second.get_by_role("heading", name="That was this batch")).to_be_visible()
    await expect(second.locator("[data-done-state]")).to_have_text("10 sent · 0 waiting · 0 not sent")
    await check_page(second)
    await once_each(town, texting)
    # Nothing about anybody is left at the batch's end, and never was in what the worker keeps.
    assert await second.evaluate(KEPT) == []
    kept = await second.evaluate(CACHED)
    assert "data-shell" in kept
    assert not any(name in kept for name in (*NAMES, "Saturday", "Okafor", "+1510", "Riverside"))


async def others_work(town: Town, texting: Texting, other: int, *, take: int, send: int) -> None:
    """Somebody else gets people who lay in a pocket, and texts some of them."""
    async with town.database.transaction(town.organization_id) as session:
        await take_batch(session, town.organization_id, texting.campaign_id, other, batch=take)
        texts = await first_texts(session, town.organization_id, texting.campaign_id, other, secret="none")
        shown = [
            Press(texting.campaign_id, each.recipient_id, other, each.script_id, each.composed.body)
            for each in texts[:send]
        ]
        told = await press_all(session, town.organization_id, shown)
        assert all(each.is_sent for each in told)


@pytest.mark.timeout(240)
async def test_forty_texts_that_come_back_after_two_hours_are_answered_one_by_one(
    office: Office, screen: Screen
) -> None:
    town = office.town
    [other] = await more_texters(office, 1)
    texting = await campaign_of(office, 40, other)
    page = await started(office, screen, texting)
    await page.context.set_offline(True)
    await press(page, 39)
    await page.wait_for_timeout(320)
    await page.locator("[data-send]").tap()
    await expect(page.locator("[data-done-state]")).to_have_text("0 sent · 40 waiting · 0 not sent")
    await check_page(page)
    await page.close()

    silent = "update campaign_texter set active_at = now() - interval '16 minutes' where member_id <> :m"
    await town.execute(silent, m=other)
    await town.execute(
        "with s as (insert into script (organization_id, body) "
        "values (:o, 'Hi {first_name|friend}, {texter} here: it is on Sunday.') returning id) "
        "update campaign set script_id = s.id from s",
        o=town.organization_id,
    )
    await others_work(town, texting, other, take=25, send=10)
    stopped = list(texting.people)[-1]
    await town.text(stopped, "STOP")

    page = await page.context.new_page()
    await page.clock.install(time=time.time() + 2 * 3600)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.context.set_offline(False)
    await counted(page, 0, 0, 40)
    reasons = await page.locator("[data-failed] li").all_text_contents()
    assert sum("Somebody else has sent" in each for each in reasons) == 10
    assert sum("went to another texter" in each for each in reasons) == 15
    assert sum("opted out" in each for each in reasons) == 1
    assert sum("over 15 minutes ago" in each for each in reasons) == 14
    # Whom nobody holds comes up again, with the words that hold now.
    await expect(page.locator("[data-progress-text]")).to_have_text("1 of 14")
    await expect(page.locator("[data-words]")).to_contain_text("Sunday")
    await check_page(page)
    await press(page, 13)
    await page.wait_for_timeout(320)
    await page.locator("[data-send]").tap()
    await expect(page.locator("[data-done-state]")).to_have_text("14 sent · 0 waiting · 40 not sent")
    await check_page(page)
    assert await page.evaluate(KEPT) == []
    await others_work(town, texting, other, take=40, send=40)
    await town.let_all_leave()
    for phone in texting.people:
        words = [each for each in await town.received(phone) if "Sunday" in each or "Saturday" in each]
        assert len(words) == (0 if phone == stopped else 1), phone
        assert not any("Saturday" in each for each in words)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_undo_brings_the_person_back_or_says_that_it_is_too_late(
    office: Office, screen: Screen, language: str
) -> None:
    town = office.town
    texting = await campaign_of(office, 3)
    page = await screen("texter", width=390, language=language)
    await page.clock.install()
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.locator("button.tall").first.click()
    head, undo = page.locator("[data-name]"), page.locator("[data-undo]")
    await expect(head).to_have_text("Ana")
    await page.wait_for_timeout(320)
    place = await page.locator("[data-send]").bounding_box()
    await page.locator("[data-send]").tap()
    await expect(head).to_have_text("Beto")
    await expect(undo).to_be_visible()
    assert await page.locator("[data-send]").bounding_box() == place
    await page.keyboard.press("u")
    await expect(head).to_have_text("Ana")
    await expect(page.locator("[data-state]")).to_have_text(
        {"en": "0 sent · 0 waiting · 0 not sent", "es": "0 enviados · 0 en espera · 0 sin enviar"}[language]
    )
    # The same person can be pressed for again, and a swipe to the left is as good as a tap.
    await page.wait_for_timeout(320)
    await page.clock.pause_at(time.time() + 60)
    await page.locator("[data-swipe]").evaluate(
        """(place) => {
          const at = (kind, x) => place.dispatchEvent(new PointerEvent(kind, { bubbles: true, clientX: x,
            clientY: 300, isPrimary: true, pointerType: "touch" }));
          at("pointerdown", 300); at("pointermove", 200); at("pointerup", 150);
        }"""
    )
    await expect(head).to_have_text("Beto")
    await expect(page.locator("[data-state]")).to_contain_text({"en": "1 sent", "es": "1 enviados"}[language])
    await town.let_all_leave()
    assert len(await town.received(next(iter(texting.people)))) == 1
    await undo.click()
    late = {
        "en": "Too late: this text is on its way.",
        "es": "Demasiado tarde: este mensaje ya va en camino.",
    }
    await expect(page.locator("[data-note]")).to_have_text(late[language])
    await expect(head).to_have_text("Beto")
    # Held keys and a thumb that never left the glass are no presses.
    await page.clock.run_for(5_000)
    await expect(undo).to_be_hidden()
    await page.clock.resume()
    await check_page(page)
    assert len(await town.query("select 1 from message where purpose = 'first_text'")) == 1


async def test_signing_out_and_a_day_leave_nothing_about_anybody(office: Office, screen: Screen) -> None:
    texting = await campaign_of(office, 6)
    page = await started(office, screen, texting)
    await page.context.set_offline(True)
    await press(page, 2)
    kept = await page.evaluate("() => JSON.stringify(localStorage)")
    assert "Chen" in kept
    assert "Okafor" not in kept
    assert "+1510" not in kept
    await page.close()
    # A day later, whatever page of ours is opened first.
    await page.context.set_offline(False)
    page = await page.context.new_page()
    await page.clock.install(time=time.time() + 25 * 3600)
    await page.goto("/texting/conversations")
    await page.wait_for_function(f"() => ({KEPT})().length === 0")
    await page.close()

    page = await page.context.new_page()
    await page.goto(f"/texting/{texting.campaign_id}")
    await expect(page.locator("[data-send]")).to_be_visible()
    await page.wait_for_function(f"() => ({KEPT})().length === 1")
    # What was pressed is sent from any other page, too.
    await page.route("**/send", lambda route: route.abort())
    await press(page, 1)
    await counted(page, 0, 1)
    await page.unroute("**/send")
    answered = asyncio.Event()

    async def answer(route: Route) -> None:
        response = await route.fetch()
        await answered.wait()
        await route.fulfill(response=response)

    await page.route("**/send", answer)
    await page.goto("/me")

    async def it_is_sent() -> bool:
        return bool(await office.town.query("select 1 from message having count(*) = 1"))

    await eventually(it_is_sent)
    await signed_out_while_it_is_answered(page, answered)
    assert await page.evaluate(KEPT) == []


async def test_a_shared_computer_keeps_nothing_and_one_signed_out_keeps_only_what_was_pressed(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await campaign_of(office, 6)
    page = await screen("texter", width=1280)
    await town.execute("update sign_in set shared = true")
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.locator("button.tall").first.click()
    await page.route("**/send", lambda route: route.abort())
    await page.wait_for_timeout(320)
    await page.locator("[data-send]").click()
    await counted(page, 0, 1)
    assert await page.evaluate(KEPT) == []
    assert await page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    await page.unroute("**/send")
    await counted(page, 1, 0)

    page = await started(office, screen, texting)
    await page.route("**/send", lambda route: route.abort())
    await press(page, 1)
    await town.execute("update sign_in set ended_at = now()")
    await page.unroute("**/send")
    await expect(page.locator("[data-done-note]")).to_contain_text("You were signed out.")
    [kept] = await page.evaluate(f"() => ({KEPT})().map((key) => JSON.parse(localStorage[key]))")
    assert (len(kept["queue"]), kept["batch"]) == (1, [])
    await check_page(page)
