"""A texter's shift on a phone, from the link to the last reply; and the same pages on every screen."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.texting import Texting, give_a_script, make_campaign
from tests.factories.town import eventually
from textbank.accounts.invites import make_invite


async def join_by_link(office: Office, texting: Texting, page: Page) -> None:
    """Come by the campaign's link, with a name alone."""
    town = office.town
    async with town.database.transaction(town.organization_id) as session:
        link = await make_invite(
            session, town.organization_id, by=None, role="texter", campaign_id=texting.campaign_id
        )
    await page.goto(f"/join/{link}")
    await page.get_by_label(re.compile("name", re.IGNORECASE)).first.fill("Nadia Brandt")
    await page.locator("form button.primary").first.click()
    await page.get_by_role("button", name="Skip").click()
    await page.wait_for_url(f"**/texting/{texting.campaign_id}")


async def pressed(page: Page, position: int, total: int) -> None:
    """Wait until this person is shown and takes a press (nothing counts in the first moment)."""
    await expect(page.locator("[data-progress-text]")).to_have_text(f"{position} of {total}")
    await page.evaluate("() => new Promise((done) => setTimeout(done, 320))")


@pytest.mark.timeout(240)
async def test_a_first_shift_on_a_phone(office: Office, screen: Screen) -> None:
    town = office.town
    texting = await make_campaign(town, 9)
    await give_a_script(town, texting.campaign_id)
    page = await screen(width=390)
    await join_by_link(office, texting, page)
    await check_page(page)
    await page.get_by_role("button", name="Start texting").click()
    await press_through(page, 9)
    sent = await town.query("select count(distinct recipient_id), count(*) from message")
    assert sent == [(9, 9)]

    await town.pump()
    await answer_the_first(office, texting, page)
    await opt_out_the_second(office, texting, page)
    [(out,)] = await town.query("select count(*) from suppression where lifted_at is null")
    assert out == 2


async def press_through(page: Page, total: int) -> None:
    """Send a batch with thumb and keys in turn."""
    for position in range(1, total + 1):
        await pressed(page, position, total)
        if position == 1:
            await check_page(page)
            await expect(page.locator("[data-send]")).to_be_focused()
        if position % 3 == 0:
            await page.keyboard.press("Space")
        elif position % 3 == 1:
            await page.locator("[data-send]").tap()
        else:
            await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="That was this batch")).to_be_visible()
    await expect(page.locator("[data-done-state]")).to_have_text(f"{total} sent · 0 waiting · 0 not sent")
    await check_page(page)


async def answer_the_first(office: Office, texting: Texting, page: Page) -> None:
    """A reply shows up by itself, is answered with a ready answer, and a STOP takes the box away."""
    town = office.town
    first = next(iter(texting.people))
    await page.get_by_role("link", name="Answer replies").click()
    await expect(page.get_by_text("Nobody waits for you")).to_be_visible()
    await town.text(first, "Where do we meet?")
    await expect(page.get_by_text("Where do we meet?")).to_be_visible()
    await check_page(page)

    await page.get_by_text("Where do we meet?").click()
    await expect(page.locator("[data-settled] .pane-answer")).to_be_visible()
    await page.get_by_role("button", name="It is at the hall").click()
    await expect(page.get_by_role("textbox")).to_have_value("It is at the hall, Ana. See you there!")
    await check_page(page)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".bubble").last).to_have_text("It is at the hall, Ana. See you there!")
    await expect(page.locator("[data-settled]")).to_be_visible()
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Noted: Yes")).to_be_visible()
    await town.pump()
    assert (await town.received(first))[-1] == "It is at the hall, Ana. See you there!"

    await town.text(first, "Great, I will be there")
    await expect(page.locator(".bubble").last).to_have_text("Great, I will be there")
    await town.text(first, "STOP")
    await expect(page.get_by_text("They have opted out")).to_be_visible()
    await expect(page.get_by_role("textbox")).to_be_hidden()


async def opt_out_the_second(office: Office, texting: Texting, page: Page) -> None:
    """Somebody is unkind, and the texter opts them out."""
    town = office.town
    second = list(texting.people)[1]
    await town.text(second, "My opinion is none of your business")
    await page.goto(f"/texting/conversations/{texting.people[second]}")
    await expect(page.locator("[data-settled]")).to_be_visible()
    await page.get_by_role("link", name="Opt out").click()
    await page.get_by_role("button", name="They are abusive").click()
    await expect(page.get_by_text("They get no more texts from anybody here.").first).to_be_visible()


async def test_a_key_that_is_held_and_a_double_tap_send_one_text(office: Office, screen: Screen) -> None:
    texting = await make_campaign(office.town, 5, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").click()
    await pressed(page, 1, 5)
    await page.locator("[data-send]").dblclick()
    await pressed(page, 2, 5)
    await page.keyboard.down("Enter")
    for _ in range(5):
        await page.keyboard.down("Enter")
    await page.keyboard.up("Enter")
    await pressed(page, 3, 5)

    async def two_are_sent() -> bool:
        return bool(await office.town.query("select 1 from message having count(*) = 2"))

    await eventually(two_are_sent)


async def test_texts_that_were_pressed_without_a_network_leave_when_it_is_back(
    office: Office, screen: Screen
) -> None:
    texting = await make_campaign(office.town, 3, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").click()
    await pressed(page, 1, 3)
    await page.route("**/send", lambda route: route.abort())
    for position in (1, 2):
        await pressed(page, position, 3)
        await page.locator("[data-send]").tap()
    await expect(page.locator("[data-state]")).to_have_text("0 sent · 2 waiting · 0 not sent")
    assert await office.town.query("select 1 from message") == []
    # The tab is closed and opened again: what was pressed is still known, and not shown again.
    await page.unroute("**/send")
    await page.reload()
    await expect(page.locator("[data-state]")).to_have_text("2 sent · 0 waiting · 0 not sent")
    await pressed(page, 1, 1)
    [(sent,)] = await office.town.query("select count(*) from message")
    assert sent == 2


async def test_without_scripts_a_press_sends_one_text(office: Office, screen: Screen) -> None:
    texting = await make_campaign(office.town, 2, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.route("**/texting.js", lambda route: route.abort())
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").click()
    await expect(page.get_by_role("heading", name="Ana")).to_be_visible()
    await page.locator("[data-send]").click()
    await expect(page.get_by_role("heading", name="Beto")).to_be_visible()
    [(sent,)] = await office.town.query("select count(*) from message")
    assert sent == 1


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (1280, False, "en")])
@pytest.mark.timeout(240)
async def test_every_page_of_a_texter_on_every_screen(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    town = office.town
    texting = await make_campaign(town, 3, texters=(office.members["texter"],))
    await give_a_script(town, texting.campaign_id)
    phone, recipient = next(iter(texting.people.items()))
    await town.text(phone, "Hello?")
    await town.execute(
        "update conversation set assigned_member_id = :m, campaign_id = :c",
        m=office.members["texter"],
        c=texting.campaign_id,
    )
    page = await screen("texter", width=width, dark=dark, language=language)
    for path in (
        "/texting",
        f"/texting/{texting.campaign_id}",
        "/texting/conversations",
        f"/texting/conversations/{recipient}",
    ):
        await page.goto(path)
        await check_page(page)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.locator("button.tall").first.click()
    await expect(page.locator("[data-send]")).to_be_visible()
    await check_page(page)


async def test_a_half_written_answer_outlives_the_other_buttons_of_its_page(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 2, texters=(office.members["texter"],))
    await give_a_script(town, texting.campaign_id)
    phone, recipient = next(iter(texting.people.items()))
    await town.text(phone, "Where is it?")
    await town.execute(
        "update conversation set assigned_member_id = :m, campaign_id = :c",
        m=office.members["texter"],
        c=texting.campaign_id,
    )
    page = await screen("texter", width=390)
    await page.goto(f"/texting/conversations/{recipient}")
    box = page.get_by_role("textbox")
    await box.fill("It is at the")
    await page.get_by_role("button", name="Yes", exact=True).click()
    await expect(page.get_by_text("Noted: Yes")).to_be_visible()
    await expect(box).to_have_value("It is at the")
    await expect(page.locator("#answer-count")).to_contain_text("12 characters")
    # What was sent does not come back.
    await expect(page.locator("[data-settled]")).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".said.out .bubble").last).to_have_text("It is at the")
    await expect(box).to_have_value("")
    await page.reload()
    await expect(box).to_have_value("")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_a_pause_stops_the_batch_at_once_and_nobody_is_lost(
    office: Office, screen: Screen, language: str
) -> None:
    town = office.town
    texting = await make_campaign(town, 3, texters=(office.members["texter"],))
    page = await screen("texter", width=320, language=language)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.locator("button.tall").first.click()
    await town.execute("update campaign set state = 'paused'")
    await page.evaluate("() => new Promise((done) => setTimeout(done, 320))")
    await page.locator("[data-send]").tap()
    said = {"en": "Pressed, but not sent: 1. You", "es": "Pulsados, pero no enviados: 1. Se"}[language]
    await expect(page.get_by_text(said)).to_be_visible()
    await expect(page.locator(".notice")).to_have_count(1)
    await expect(page.locator("[data-send]")).to_be_hidden()
    await check_page(page)
    # It goes on: all three are shown, also the one that was pressed in vain.
    await town.execute("update campaign set state = 'running'")
    await page.get_by_role("button", name={"en": "Look again", "es": "Mirar otra vez"}[language]).click()
    await expect(page.get_by_role("heading", name="Ana")).to_be_visible()
    await expect(page.locator("[data-unsent]")).to_be_hidden()
    assert await page.evaluate("JSON.parse(document.querySelector('[data-batch]').textContent).length") == 3
    assert await town.query("select 1 from message") == []


async def test_new_words_are_shown_before_anything_more_is_sent(office: Office, screen: Screen) -> None:
    town = office.town
    texting = await make_campaign(town, 2, texters=(office.members["texter"],))
    page = await screen("texter", width=390)
    await page.goto(f"/texting/{texting.campaign_id}")
    await page.get_by_role("button", name="Start texting").click()
    await expect(page.locator("[data-words]")).to_contain_text("Saturday")
    await town.execute(
        "with s as (insert into script (organization_id, body) "
        "values (:o, 'Hi {first_name|friend}, {texter} here: it is on Sunday.') returning id) "
        "update campaign set script_id = s.id from s",
        o=town.organization_id,
    )
    await pressed(page, 1, 2)
    await page.locator("[data-send]").tap()
    note = page.locator("[data-unsent]")
    await expect(note).to_contain_text("The words of this campaign have changed.")
    await expect(note).to_contain_text("Pressed, but not sent: 1. You are shown them again.")
    await expect(note).to_be_focused()
    await expect(page.locator("[data-words]")).to_contain_text("Sunday")
    await check_page(page)
    await page.evaluate("() => new Promise((done) => setTimeout(done, 1400))")
    await page.locator("[data-send]").tap()
    await pressed(page, 2, 2)
    await expect(page.locator("[data-state]")).to_have_text("1 sent · 0 waiting · 0 not sent")
    [(body,)] = await town.query("select body from message")
    assert "it is on Sunday" in body


async def test_on_a_phone_a_notice_and_ready_answers_cover_nothing_that_is_needed(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 2, texters=(office.members["texter"],))
    await give_a_script(town, texting.campaign_id)
    (asks, recipient), (stops, _) = texting.people.items()
    for count in range(6):
        await town.text(asks, f"This is my question number {count}, and it is a rather long one.")
    await town.text(stops, "STOP")
    await town.execute(
        "update conversation set assigned_member_id = :m, campaign_id = :c",
        m=office.members["texter"],
        c=texting.campaign_id,
    )
    page = await screen("texter", width=390)
    await page.goto(f"/texting/conversations/{recipient}")
    await expect(page.get_by_role("button", name="It is at the hall")).to_be_visible()
    await page.wait_for_function(
        """() => [...document.querySelectorAll(".bubble")].pop().getBoundingClientRect().bottom
          < document.querySelector(".pane-foot").getBoundingClientRect().top"""
    )
    await page.get_by_role("link", name="Opt out").click()
    await page.get_by_role("button", name="They asked to stop").click()
    await expect(page.locator(".toast")).to_be_visible()
    await expect(page.locator(".talk").last).to_be_visible()
    # Measured in one go: the rows are fetched anew now and then.
    toast, bar, last = await page.evaluate(
        """() => [".toast", ".texter-bar", ".talk:last-child"].map(
            (part) => document.querySelector(part).getBoundingClientRect())
            .map((box) => ({ top: box.top, bottom: box.bottom }))"""
    )
    assert toast["top"] > bar["bottom"]
    assert toast["top"] > last["bottom"]
    # Nobody here wrote the answer to a STOP.
    await expect(page.get_by_text("Automatic: Riverside Tenants Union")).to_be_visible()
    await check_page(page)
