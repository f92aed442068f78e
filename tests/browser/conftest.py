"""Real browsers, signed in: `await screen("organizer", width=390, dark=True, language="es")`."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.chromium import launch_options
from tests.factories.office import Office
from textbank.accounts.roles import Role
from textbank.web.signed_in import COOKIE

# A shared machine may be busy; a page that is right is only waited for longer.
expect.set_options(timeout=15_000)

HEIGHTS = {320: 640, 390: 844, 1280: 800}
Screen = Callable[..., Awaitable[Page]]

BRINGS_AXE = f"window.bring_axe = () => {{{AXE_SCRIPT}\n}};"
"""Half a megabyte: it goes to each browser once, and only a page that is checked reads it."""


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the run's worker."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def screen(chromium: Browser, office: Office) -> AsyncIterator[Screen]:
    """Open a browser of its own for a role; complaints of its console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    async def open_screen(
        role: Role | None = None, *, width: int = 1280, dark: bool = False, language: str = "en"
    ) -> Page:
        context = await chromium.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            color_scheme="dark" if dark else "light",
            base_url=office.url,
            has_touch=width < 600,
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = [{"name": "language", "value": language, "url": office.url}]
        if role is not None:
            cookies.append({"name": COOKIE, "value": await office.cookie(role), "url": office.url})
            await office.town.execute(
                "update member set language = :language where id = :id",
                language=language,
                id=office.members[role],
            )
        await context.add_init_script(BRINGS_AXE)
        await context.add_cookies(cookies)  # type: ignore[arg-type]
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        return page

    yield open_screen
    for context in contexts:
        await context.close()
    # What a page answers on purpose (422 for a form that must be mended) Chromium logs as an error, too.
    unexpected = [each for each in complaints if "Failed to load resource" not in each]
    assert not unexpected, unexpected


async def check_page(page: Page) -> None:
    """No axe finding, and nothing wider than the screen; for a page of `screen`."""
    found = await Axe("window.bring_axe()").run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        pytest.fail(f"{page.url} is {wide} px wider than the screen")
