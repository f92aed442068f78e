"""People, imports, lists and keywords in a real browser: every width, light and dark, both languages."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office
from textbank.consent.run_import import run_imports

CSV = "VANID,First Name,Last Name,Cell,Zip,Precinct of the voter registration\n" + "".join(
    f"{i},Ann{i},Lee,(415) 555-01{i:02d},94110,P1\n" for i in range(12)
)
LOOKS = [(320, True, "es"), (1280, False, "en")]


async def populated(office: Office) -> dict[str, int]:
    """People in every state; ids for the addresses of pages."""
    town = office.town
    await town.text("+14155550101", "JOIN")
    await town.text("+14155550102", "Please STOP texting me about the rent strike")
    await town.subscribe("+14155550103")
    await town.execute(
        "update contact set first_name = 'María Guadalupe', last_name = 'Hernández-Featherstonehaugh', "
        "email = 'maria.guadalupe.hernandez@tenants-of-fourth-street.example', zip_code = '94110'"
    )
    [(person,)] = await town.query("select min(id) from contact")
    [(keyword,)] = await town.query("select max(id) from keyword")
    return {"person": person, "keyword": keyword, "list": town.list_id}


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
async def test_every_page_is_readable_and_fits(
    office: Office, screen: Screen, width: int, dark: bool, language: str
) -> None:
    ids = await populated(office)
    page = await screen("organizer", width=width, dark=dark, language=language)
    for path in (
        "/people",
        "/people?q=maria",
        "/people?q=nobody",
        "/people/add",
        f"/people/{ids['person']}",
        "/people/import",
        "/people/imports",
        "/lists",
        f"/lists/{ids['list']}",
        "/suppressions",
        "/keywords",
        f"/keywords/{ids['keyword']}",
        f"/keywords/{ids['keyword']}/poster",
    ):
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        await check_page(page)


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
async def test_every_step_of_an_import_is_readable_and_fits(
    office: Office, screen: Screen, width: int, dark: bool, language: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(CSV + "99,Cy,Poe,12,,P2\n")
    page = await screen("organizer", width=width, dark=dark, language=language)
    await page.goto("/people/import")
    await page.set_input_files("#f-file", file)
    await page.click("main button.primary")
    await expect(page.locator("#f-phone")).to_be_visible()
    await check_page(page)
    await page.click("main button.primary")
    await page.click("label[for=f-kind-2]")
    await check_page(page)
    await page.click("main button.primary")
    await expect(page.locator("#b-source-error")).to_be_visible()
    await check_page(page)
    await page.fill("#b-source", "Fair")
    await page.fill("#b-agreed_on", "May 2026")
    await page.fill("#b-words", "Text me")
    await page.click("label[for=b-stated]")
    await page.click("main button.primary")
    await page.select_option("#f-list_id", label="Rent Alerts")
    await check_page(page)
    await page.click("main button.primary")
    await expect(page.locator("progress")).to_be_visible()
    await check_page(page)
    await run_imports(office.town.database, office.town.organization_id)
    await expect(page.locator(".stats")).to_be_visible()  # it came by itself
    await check_page(page)
    await page.click("main button.primary")
    await expect(page.locator("progress")).to_be_visible()
    await run_imports(office.town.database, office.town.organization_id)
    await expect(page.locator("a[href$='not-taken.csv']")).to_be_visible()
    await check_page(page)


async def test_an_import_goes_by_keyboard_alone(office: Office, screen: Screen, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(CSV)
    page = await screen("organizer", width=1280)
    await page.goto("/people/import")
    # A file dialog is the system's own and cannot be typed into here.
    await page.set_input_files("#f-file", file)
    await page.focus("#f-file")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-phone")).to_be_visible()
    await page.focus("#f-external_id")
    for _ in range(2):  # past the table of the first rows, which scrolls and so takes the focus
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-kind-1")).to_be_visible()
    await page.focus("#f-kind-1")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Our web page")
    await page.keyboard.press("Tab")
    await page.keyboard.type("2026")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Text me about rent")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-list_id")).to_be_visible()
    await page.focus("#f-list_id")
    await page.keyboard.type("Rent")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("progress")).to_be_visible()
    await run_imports(office.town.database, office.town.organization_id)
    button = page.get_by_role("button", name="Import 12 rows")
    await expect(button).to_be_visible()
    await button.press("Enter")
    await expect(page.locator("progress")).to_be_visible()
    await run_imports(office.town.database, office.town.organization_id)
    await expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    assert await office.town.query("select count(*) from subscription where state = 'subscribed'") == [(12,)]


async def test_the_posters_words_are_copied_and_the_poster_is_printed_by_a_button(
    office: Office, screen: Screen
) -> None:
    ids = await populated(office)
    page = await screen("organizer", width=390)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"/keywords/{ids['keyword']}")
    await page.get_by_role("button", name="Copy the words").click()
    await expect(page.locator(".toast")).to_contain_text("Copied.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.input_value("#poster-copy")
    await page.goto(f"/keywords/{ids['keyword']}/poster")
    await page.evaluate("window.print = () => (document.title = 'printed')")
    await page.get_by_role("button", name="Print", exact=True).click()
    await expect(page).to_have_title("printed")


async def test_a_browser_that_does_not_copy_has_the_words_selected_and_says_so(
    office: Office, screen: Screen
) -> None:
    page = await screen("owner", width=1280)
    await page.goto("/team")
    await page.get_by_role("link", name="Invite people").first.click()
    await page.get_by_role("button", name="Make the link").click()
    await expect(page.locator("#new-link")).to_be_visible()
    await page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    await page.get_by_role("button", name="Copy the link").click()
    await expect(page.locator(".toast")).to_contain_text("does not let us copy")
    chosen = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    assert await page.eval_on_selector("#new-link", chosen) == await page.input_value("#new-link")
