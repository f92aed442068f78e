"""From nothing to a poster: a list, its flow, its keyword and its form, made in the browser."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Screen, check_page
from tests.browser.hand import Hand
from tests.factories.camera import read_codes
from tests.factories.office import Office


async def makes(page: Page, path: str, what: str, done: str, **fields: str) -> None:
    """Fill in the form behind a page's button."""
    await page.goto(path)
    await page.get_by_role("link", name=what).first.click()
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        field = dialog.get_by_label(label.replace("_", " "), exact=False).first
        if await field.evaluate("each => each.tagName") == "SELECT":
            await field.select_option(label=value)
        else:
            await field.fill(value)
    await check_page(page)
    await dialog.get_by_role("button", name=done).click()


async def flow_is_written_and_tried(page: Page) -> None:
    """It begins with one that is ready; the phone speaks the words as they are typed."""
    await makes(page, "/flows", "Make a flow", "Make the flow", Name="Strike welcome", List="Rent Strike")
    phone = page.get_by_role("complementary", name="Try it")
    await expect(phone.get_by_text("What is your ZIP code?")).to_be_visible()
    await page.get_by_label("Question in English").first.fill("Which ZIP do you live in?")
    box = page.get_by_label("Text as a supporter")
    await box.fill("94110")
    await box.press("Enter")
    await expect(phone.get_by_text("And what is your name?")).to_be_visible()
    await expect(phone.get_by_text("Which ZIP do you live in?")).to_be_visible()
    await page.get_by_label("Text as a supporter").fill("Rosa")
    await page.get_by_role("button", name="Text it").click()
    await expect(phone.get_by_text("Thank you, Rosa!")).to_be_in_viewport()


async def flow_is_refused_mended_and_published(page: Page) -> None:
    """An answer that carriers take for STOP is said beside its step, and keeps the flow a draft."""
    await page.get_by_label("What it does").select_option(label="Ask them to choose")
    await page.get_by_role("button", name="Add the step").click()
    await expect(page.get_by_role("heading", name="Ask them to choose")).to_be_focused()
    await expect(page.get_by_label("Question in English").first).to_have_value("Which ZIP do you live in?")
    step = page.get_by_role("region", name="Ask them to choose")
    await step.get_by_label("Question in English").fill("Are you in? Answer YES or LATER.")
    await step.get_by_label("What the answer tells you").fill("strike")
    await step.get_by_label("Answer 1").fill("yes")
    await step.get_by_label("Answer 2").fill("stop")
    await step.get_by_role("button", name="Move step 4 up").press("Enter")
    await expect(step.get_by_role("button", name="Move step 3 up")).to_be_focused()
    await expect(step.get_by_text("stop already means something else")).to_be_visible()
    await check_page(page)
    await page.get_by_role("button", name="Publish…").click()
    await expect(page.get_by_text("It cannot be published yet")).to_be_visible()
    await page.get_by_role("link", name="Step 3, Ask them to choose").click()
    await expect(page.get_by_role("heading", name="Ask them to choose")).to_be_focused()
    await page.get_by_label("Answer 2").fill("later")
    await page.get_by_role("button", name="Publish…").click()
    await page.get_by_role("button", name="Publish now").click()
    await expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    await check_page(page)


async def test_a_list_a_flow_a_keyword_a_form_and_a_poster_in_one_go(office: Office, screen: Screen) -> None:
    page = await screen("organizer")
    await makes(page, "/lists", "Make a list", "Make the list", Name="Rent Strike", How_often="2 msgs/week")
    await expect(page.get_by_role("heading", name="Rent Strike", level=1)).to_be_visible()

    await flow_is_written_and_tried(page)
    await flow_is_refused_mended_and_published(page)

    fields = {"Word": "STRIKE", "List": "Rent Strike", "What_follows": "Strike welcome"}
    await makes(page, "/keywords", "Make a keyword", "Make the keyword", **fields)
    await expect(page.get_by_role("heading", name="STRIKE", level=1)).to_be_visible()
    await check_page(page)
    keyword = page.url
    await page.get_by_role("link", name="Web form", exact=True).click()
    await page.get_by_label("What are the texts about?").fill("news of the strike")
    await page.get_by_role("button", name="Open the form").click()
    await expect(page.get_by_role("heading", name="Its address")).to_be_visible()
    address = await page.locator(".qr-box").screenshot()
    [form] = read_codes(address)
    await page.goto(form)
    await expect(page.get_by_role("checkbox")).not_to_be_checked()

    await page.goto(keyword)
    await page.get_by_role("link", name="Print a poster").click()
    code = page.locator(".poster-code")
    assert read_codes(await code.screenshot()) == ["SMSTO:+14155550100:STRIKE"]

    await office.town.text("+15105550123", "Strike!")
    told = await office.town.query("select body from message where purpose = 'flow_answer'")
    assert told == [("Which ZIP do you live in?",)]


async def test_the_straight_way_to_a_poster_takes_less_than_five_minutes(
    office: Office, screen: Screen
) -> None:
    staff = Hand(await screen("organizer"))
    await staff.page.goto("/lists")
    await staff.press("Make a list")
    await staff.write("Name", "Rent Strike")
    await staff.write("How often", "2 msgs/week")
    await staff.press("Make the list")
    await staff.sees("The list was made.")
    await staff.press("Keywords")
    await staff.press("Flows")
    await staff.press("Make a flow")
    await staff.write("Name", "Strike welcome")
    await staff.press("Make the flow")
    await staff.write("Text as a supporter", "94110")
    await staff.press("Text it")
    await staff.sees("And what is your name?")
    await staff.press("Publish…")
    await staff.press("Publish now")
    await staff.sees("Version 1 is published.")
    await staff.press("Keywords")
    await staff.press("Make a keyword")
    await staff.write("Word", "STRIKE")
    await staff.pick("List", "Rent Strike")
    await staff.pick("What follows once they are on the list", "Strike welcome")
    await staff.press("Make the keyword")
    await staff.press("Web form")
    await staff.write("What are the texts about?", "news of the rent strike")
    await staff.press("Open the form")
    await staff.sees("Its address")
    await staff.press("Keywords")
    await staff.press("STRIKE", within=".table-wrap")
    await staff.press("Print a poster")
    await expect(staff.page.locator(".poster-code")).to_be_visible()
    did = staff.did
    # A slow hand: three seconds to find and press a thing, one to type two characters, five to read a screen.
    assert 3 * did["clicks"] + did["typed"] / 2 + 5 * did["screens"] < 5 * 60, did


async def test_flows_on_a_small_phone_in_spanish(office: Office, screen: Screen) -> None:
    staff = await office.signed_in("organizer")
    path = (await staff.post("/flows", name="Bienvenida", begin="strangers")).location
    await staff.post(f"{path}/publish")
    page = await screen("organizer", width=320, dark=True, language="es")
    for each in ("/flows", path, f"{path}/publish", "/settings/answers", "/keywords"):
        await page.goto(each)
        await check_page(page)
    await page.goto(path)
    question = page.get_by_label("Pregunta en English").first
    await question.fill("Typed, and left without saving")
    await page.get_by_role("link", name="Versiones y dónde se usa").click()
    await page.get_by_role("link", name="Cambiar el borrador").click()
    await expect(question).to_have_value("Typed, and left without saving")
    await page.get_by_role("link", name="Al teléfono simulado").click()
    await page.get_by_label("Escribe como simpatizante").fill("2")
    await page.get_by_role("button", name="Enviar").click()
    await expect(page.get_by_text("Espera en la bandeja a una persona")).to_be_in_viewport()
