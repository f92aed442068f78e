"""Setting up and registration: the checklist tells what is wrong, and can be read on every screen."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Screen, check_page
from tests.factories.office import Office

SCREENS = [(320, True, "es"), (1280, False, "en")]
SHOTS = os.environ.get("SHOTS")


async def shoot(page, name: str) -> None:  # type: ignore[no-untyped-def]
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"setup-{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "dark", "language"), SCREENS)
async def test_the_pages_of_setting_up_are_right_on_every_screen(
    screen: Screen, office: Office, width: int, dark: bool, language: str
) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    number = next(
        line
        for account in office.town.simulator.exchange.accounts.values()
        for line in account.lines.values()
        if line.settings.e164 == office.town.number
    )
    number.settings.sms_url = "https://other.example.org/a-rather-long-address/for/texts"
    page = await screen("admin", width=width, dark=dark, language=language)
    name = f"{width}-{'dark' if dark else 'light'}-{language}"
    await page.goto("/setup")
    await check_page(page)
    await page.locator("form[action='/setup/all/check'] button").click()
    await expect(page.locator(".badge.info")).to_have_count(0)
    await expect(page.locator("#step-webhooks .badge")).to_have_class("badge bad")
    await page.reload()
    await check_page(page)
    await shoot(page, f"steps-{name}")
    await office.town.execute("update sender set registration = 'unregistered'")
    await page.goto("/settings/registration?kind=political&sender=long_code")
    await check_page(page)
    await shoot(page, f"registration-{name}")


async def test_a_webhook_that_goes_elsewhere_is_brought_back_with_two_presses(
    screen: Screen, office: Office
) -> None:
    office.town.settings.twilio_api_url = office.town.carrier_url
    account = next(iter(office.town.simulator.exchange.accounts.values()))
    account.lines[office.town.number].settings.sms_url = ""
    page = await screen("owner")
    await page.goto("/setup")
    await page.locator("form[action='/setup/webhooks/check'] button").click()
    step = page.locator("#step-webhooks")
    await expect(step.locator(".badge")).to_have_text("failing")
    await expect(step).to_contain_text("are brought nowhere, so replies and STOPs would not arrive.")
    await page.reload()
    await step.get_by_role("button", name="Set the addresses").click()
    await page.get_by_role("dialog").get_by_role("button", name="Set the addresses").click()
    await expect(step.locator(".badge")).to_have_text("done")
    assert account.lines[office.town.number].settings.sms_url.endswith("#rc=3&rp=ct,rt,5xx")
