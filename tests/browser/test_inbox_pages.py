"""The inbox in a browser: two panes, live rows, by keyboard, on every screen."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from tests.factories.texting import give_a_script, make_campaign

STRANGER = "+15105550177"


async def test_a_text_shows_up_by_itself_and_is_answered_beside_the_list(
    office: Office, screen: Screen
) -> None:
    page = await screen("captain")
    await page.goto("/inbox")
    await expect(page.get_by_text("Nobody waits for an answer")).to_be_visible()
    await office.town.text(STRANGER, "Is this the union?")
    row = page.get_by_role("link", name="Is this the union?")
    await expect(row).to_be_visible()
    await row.focus()
    await office.town.text("+15105550178", "And is this the union, too?")
    await expect(page.get_by_role("link", name="And is this the union, too?")).to_be_visible()
    await expect(row).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Not in our contacts")).to_be_visible()
    await expect(page.locator(".inbox-list")).to_be_visible()
    await check_page(page)
    box = page.get_by_role("textbox", name="Your answer")
    await box.fill("It is! How can we help?")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".said.out .bubble")).to_have_text("It is! How can we help?")
    await expect(page.locator(".said.out .said-meta")).to_contain_text("waiting")
    await office.town.execute("update recipient set place = 'test/open'")
    await office.town.pump()
    await expect(page.locator(".said.out .said-meta")).to_contain_text("reported delivered")
    await office.town.text(STRANGER, "My heating is off")
    await expect(page.locator(".thread").get_by_text("My heating is off")).to_be_visible()


async def test_what_one_types_is_kept_while_the_thread_changes(office: Office, screen: Screen) -> None:
    await office.town.text(STRANGER, "Hello")
    [(recipient,)] = await office.town.query("select id from recipient where e164 = :p", p=STRANGER)
    page = await screen("captain", width=390)
    await page.goto(f"/inbox/{recipient}")
    box = page.get_by_role("textbox", name="Your answer")
    await box.fill("Half a sent")
    await office.town.text(STRANGER, "Anybody there?")
    await expect(page.locator(".thread").get_by_text("Anybody there?")).to_be_visible()
    await expect(box).to_have_value("Half a sent")
    await expect(box).to_be_focused()


async def test_assigning_tagging_and_opting_out(office: Office, screen: Screen) -> None:
    await office.town.text(STRANGER, "Hello")
    [(recipient,)] = await office.town.query("select id from recipient where e164 = :p", p=STRANGER)
    page = await screen("organizer")
    await page.goto(f"/inbox/{recipient}")
    await page.get_by_label("Assigned to").select_option(label="Texter Rivera")
    await page.get_by_role("button", name="Assign").click()
    await expect(page.get_by_label("Assigned to")).to_have_value(str(office.members["texter"]))
    await page.get_by_role("link", name="Tag", exact=True).click()
    await page.get_by_role("combobox", name="Tag").fill("call back")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Take off the tag call back")).to_be_visible()
    await check_page(page)
    await page.get_by_role("link", name="Opt out", exact=True).click()
    await check_page(page)
    await page.get_by_role("button", name="Opt them out").click()
    await expect(page.get_by_text("They have opted out")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Your answer")).to_be_hidden()


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (1280, False, "en")])
async def test_every_page_of_the_inbox_on_every_screen(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    town = office.town
    texting = await make_campaign(town, 3)
    await give_a_script(town, texting.campaign_id)
    phone, recipient = next(iter(texting.people.items()))
    await town.text(phone, "Hello? I would love to come, and I bring two neighbors and their children.")
    await town.text(STRANGER, "who is this")
    await town.execute("update conversation set campaign_id = :c", c=texting.campaign_id)
    page = await screen("organizer", width=width, dark=dark, language=language)
    for path in ("/inbox", "/inbox?by=opted_out", "/inbox?q=ana", f"/inbox/{recipient}", "/inbox/new"):
        await page.goto(path)
        await check_page(page)


async def test_an_answer_is_kept_while_one_gives_and_tags_and_until_it_is_accepted(
    office: Office, screen: Screen
) -> None:
    await office.town.text(STRANGER, "Hello")
    [(recipient,)] = await office.town.query("select id from recipient where e164 = :p", p=STRANGER)
    page = await screen("organizer")
    await page.goto(f"/inbox/{recipient}")
    box = page.get_by_role("textbox", name="Your answer")
    await box.fill("Hi, thanks for\nwriting")
    await page.get_by_label("Assigned to").select_option(label="Texter Rivera")
    await page.get_by_role("button", name="Assign").click()
    await expect(page.get_by_label("Assigned to")).to_have_value(str(office.members["texter"]))
    await expect(box).to_have_value("Hi, thanks for\nwriting")
    await page.get_by_role("link", name="Tag", exact=True).click()
    await page.get_by_role("combobox", name="Tag").fill("call back")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Take off the tag call back")).to_be_visible()
    await expect(box).to_have_value("Hi, thanks for\nwriting")
    # It was refused: the words stay, and stay again when another button of that page is pressed.
    await office.town.execute("update sender set halted_at = now()")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("No number of ours can send just now")).to_be_visible()
    await expect(box).to_have_value("Hi, thanks for\nwriting")
    await page.get_by_role("button", name="Assign").click()
    await expect(page.get_by_text("No number of ours can send just now")).to_be_hidden()
    await expect(box).to_have_value("Hi, thanks for\nwriting")


async def test_on_the_smallest_screen_nothing_covers_anything_and_a_text_is_seen_at_once(
    office: Office, screen: Screen
) -> None:
    town = office.town
    texting = await make_campaign(town, 2, texters=(office.members["texter"],))
    (asks, recipient), (stops, _) = texting.people.items()
    await town.text(asks, "Where do we meet, and may I bring two neighbors?")
    await town.text(stops, "STOP")
    await town.execute(
        "update conversation set campaign_id = :c, assigned_member_id = :m",
        c=texting.campaign_id,
        m=office.members["texter"],
    )
    page = await screen("texter", width=320, language="es")
    await page.goto("/texting/conversations")
    # Measured in one go: the rows are fetched anew now and then.
    gaps = await page.evaluate(
        """() => [...document.querySelectorAll(".talk")].map((row) => {
          const [all, top, badge] = [row, row.querySelector(".talk-top"), row.querySelector(".badge")].map(
            (each) => each.getBoundingClientRect());
          return [badge.top - top.bottom, all.right - badge.right];
        })"""
    )
    assert len(gaps) == 2
    assert all(below >= 0 and beside >= 0 for below, beside in gaps)
    page = await screen("organizer", width=320, language="es")
    await page.goto(f"/inbox/{recipient}")
    await expect(page.locator(".bubble").first).to_be_visible()
    # In one go, too: the thread is fetched anew while one looks.
    [bottom] = await page.eval_on_selector_all(
        ".bubble", "(bubbles) => bubbles.slice(0, 1).map((each) => each.getBoundingClientRect().bottom)"
    )
    assert bottom < 560
    await check_page(page)
