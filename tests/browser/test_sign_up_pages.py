"""What supporters see on the web, in a real browser: nothing wider than the screen, no axe finding."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import Screen
from tests.factories.forms import opened
from tests.factories.office import Office
from textbank import clock
from textbank.consent.preference_token import Whose, make_token


async def test_a_supporter_signs_up_on_a_phone_and_sees_their_own_page(
    office: Office, screen: Screen
) -> None:
    town = office.town
    form = await opened(town)
    page = await screen(None, width=320, language="es")
    await page.goto(form)
    box = page.get_by_role("checkbox")
    await expect(box).not_to_be_checked()
    await page.get_by_label("Tu número de celular").fill("(510) 555-0123")
    await page.get_by_role("button", name="Inscribirme").click()
    await expect(page.get_by_text("Marca la casilla")).to_be_visible()
    await expect(page.get_by_label("Tu número de celular")).to_have_value("(510) 555-0123")
    await box.check()
    await page.get_by_role("button", name="Inscribirme").click()
    await expect(page.get_by_role("heading", name="Mira tu teléfono")).to_be_visible()
    await town.pump()
    await town.text("+15105550123", "Sí")

    recipient = await town.recipient("+15105550123")
    secret = town.settings.derived_secret("preferences")
    own = make_token(secret, Whose(town.organization_id, recipient), clock.now())
    about = f"/about/{town.organization_id}"
    for path in (form, f"{form}/thanks", f"/preferences/{own}", f"{about}/program", f"{about}/privacy"):
        await page.goto(path)
        wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, path
        found = await Axe("window.bring_axe()").run(page)
        assert found.response["violations"] == [], path

    await page.goto(f"/preferences/{own}")
    await expect(page.get_by_text("Rent Alerts").first).to_be_visible()
    await page.get_by_role("button", name="Terminar todo").click()
    await page.get_by_role("dialog").get_by_role("button", name="Terminar todo").click()
    await expect(page.get_by_text("No recibes mensajes nuestros.")).to_be_visible()
