"""Every part that pages are made of, in every state: readable, reachable by keyboard, on every screen."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.async_api import Browser, Page, expect

from tests.browser.specimen import LAYOUTS, specimen_app
from textbank.sms import segments
from textbank.web.static_files import static
from textbank.web.templating import TEMPLATES, environment

ROOT = Path(__file__).resolve().parents[2]


@pytest_asyncio.fixture(scope="module")
async def house() -> AsyncIterator[str]:
    here = FileSystemLoader(Path(__file__).parent)
    for language in ("en", "es"):
        environment(language).loader = ChoiceLoader([FileSystemLoader(TEMPLATES), here])
    running = uvicorn.Server(uvicorn.Config(specimen_app(), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task
    for language in ("en", "es"):
        environment(language).loader = FileSystemLoader(TEMPLATES)


@pytest_asyncio.fixture
async def open_page(chromium: Browser) -> AsyncIterator[Any]:
    """Opens an address with what a device is like; whatever the page complains about fails the test."""
    contexts, complaints = [], []

    async def opened(address: str, width: int = 1280, **device: Any) -> Page:
        context = await chromium.new_context(viewport={"width": width, "height": 844}, **device)
        contexts.append(context)
        shown = await context.new_page()
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await shown.goto(address)
        return shown

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_every_part_fits_the_screen_and_axe_finds_nothing(
    house: str, open_page: Any, width: int, scheme: str, kind: str
) -> None:
    shown = await open_page(f"{house}/{kind}", width, color_scheme=scheme, reduced_motion="reduce")
    assert await shown.evaluate("document.documentElement.scrollWidth") <= width
    found = await Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    small = await shown.evaluate(
        """() => [...document.querySelectorAll('button, select, input, textarea, a.button, nav a, summary')]
            .filter((e) => e.checkVisibility() && !e.matches('[type=hidden], .choice input, .skip'))
            .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([html]) => html)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_dialog_that_comes_back_with_an_error_is_open_and_readable(
    house: str, open_page: Any, scheme: str
) -> None:
    shown = await open_page(f"{house}/staff?dialog=1", 390, color_scheme=scheme, reduced_motion="reduce")
    dialog = shown.get_by_role("dialog", name="Add a tag")
    await expect(dialog.get_by_label("Tag")).to_be_focused()
    found = await Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    await shown.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()


async def test_a_theme_picked_here_wins_over_the_device(house: str, open_page: Any) -> None:
    ask = "getComputedStyle(document.body).backgroundColor"
    by_device = await open_page(f"{house}/staff", color_scheme="dark")
    picked = await open_page(f"{house}/staff", color_scheme="light")
    light = await picked.evaluate(ask)
    await picked.context.add_cookies([{"name": "theme", "value": "dark", "url": house}])
    await picked.reload()
    assert await picked.evaluate(ask) == await by_device.evaluate(ask) != light


async def test_whoever_uses_keys_alone_sees_where_they_are(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    reached = []
    for _ in range(70):  # more than there are, so that it comes around
        await shown.keyboard.press("Tab")
        at, outline = await shown.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                const width = s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth);
                return [e === document.body ? null : e.textContent.trim() || e.name, width]; }"""
        )
        assert outline >= 3 or at is None, at
        reached.append(at)
    assert {"People", "Sign out", "Send to 312 people", "Add a tag"} <= set(reached)


async def test_the_first_key_leads_past_the_navigation(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/public")
    await shown.evaluate("document.activeElement.blur()")
    await shown.get_by_role("link", name="Skip to the content").focus()
    await shown.keyboard.press("Enter")
    await expect(shown.locator("main")).to_be_focused()


async def test_pages_speak_spanish(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/public", locale="es-MX")
    assert await shown.locator("html").get_attribute("lang") == "es"
    await expect(shown.get_by_text("Modo de práctica:")).to_be_visible()
    await expect(shown.get_by_text("Paso 3 de 4")).to_have_count(1)


async def test_a_notice_is_shown_once_and_never_run(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/saved")
    await expect(shown.get_by_role("status")).to_contain_text("The list <b>Tenants</b> was saved.")
    await shown.get_by_role("status").get_by_role("button", name="Close").click()
    await expect(shown.get_by_role("status")).to_be_empty()
    await shown.reload()
    await expect(shown.get_by_role("status")).to_be_empty()


async def test_harm_is_asked_about_first(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    await shown.evaluate(
        """() => { const f = document.querySelector('#form form');
            const b = document.querySelector('[data-confirm]');
            f.noValidate = true; f.append(b); }"""
    )
    await shown.get_by_role("button", name="Stop the rest").click()
    asked = shown.get_by_role("dialog", name="Stop the other 120 texts?")
    await expect(asked).to_contain_text("What has left stays sent.")
    await expect(asked.get_by_role("button", name="Go back")).to_be_focused()
    await shown.keyboard.press("Enter")
    await expect(asked).to_be_hidden()
    assert shown.url.endswith("/staff")
    await expect(shown.get_by_role("status")).to_be_empty()
    await shown.get_by_role("button", name="Stop the rest").click()
    await asked.get_by_role("button", name="Stop them").click()
    await expect(shown.get_by_role("status")).to_contain_text("Done.")


async def test_segments_are_counted_while_one_types(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    told, area = shown.locator("#f-body-count"), shown.get_by_label("Text", exact=True)
    await area.fill("a" * 160)
    await expect(told).to_have_text("160 characters, 1 segment")
    await area.fill("a" * 159 + "€")
    await expect(told).to_have_text("160 characters, 2 segments")
    await area.fill("¿Vienes mañana? " + "ñ" * 60 + "ó")
    await expect(told).to_contain_text("77 characters, 2 segments")
    await expect(told).to_contain_text("Because of “ó”")


async def test_the_page_counts_segments_as_the_server_does(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    vectors = json.loads((ROOT / "tests/unit/sms/segment_vectors.json").read_text())["vectors"]
    # How joined emoji are kept together is left to the server.
    texts = [each["text"] for each in vectors if "\u200d" not in each["text"]]
    counted = await shown.evaluate(
        """async ([module, texts]) => { const { count } = await import(module);
            return texts.map((text) => count(text).segments); }""",
        [static("segments.js"), texts],
    )
    wrong = {
        text: (told, segments.count(text).segments)
        for text, told in zip(texts, counted, strict=True)
        if told != segments.count(text).segments
    }
    assert wrong == {}


async def test_a_live_part_follows_and_ends(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    await shown.evaluate(
        """() => { const part = document.createElement('div'); part.dataset.live = '/part'; part.id = 'live';
            part.timer = 1; document.querySelector('main').append(part);
            document.dispatchEvent(new Event('textbank:changed')); }"""
    )
    await expect(shown.locator("#live")).to_have_text("As of now")


async def test_a_part_that_htmx_fetches_carries_our_token_and_tells_errors(
    house: str, chromium: Browser
) -> None:
    # Not by open_page: the browser itself logs answers that are errors.
    shown = await chromium.new_page()
    await shown.goto(f"{house}/staff")
    await shown.evaluate("htmx.ajax('GET', '/taken', '.subtitle')")
    await expect(shown.locator(".subtitle")).to_have_text("a-token")
    await shown.evaluate("htmx.ajax('GET', '/refused', '.subtitle')")
    await expect(shown.get_by_role("status")).to_contain_text("You may not do this. Ask an admin.")
    await expect(shown.locator(".subtitle")).to_have_text("a-token")
    await shown.close()


async def test_one_press_is_one_submission(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    sent = []
    shown.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    await shown.evaluate(
        """() => { const form = document.querySelector('#form form'); form.noValidate = true;
            const save = form.querySelector('.actions .button');
            save.click(); save.click(); save.click(); }"""
    )
    await expect(shown.get_by_role("status")).to_contain_text("Done.")
    assert len(sent) == 1


async def test_menus_and_dialogs_work_without_scripts(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff", 390, java_script_enabled=False)
    menu = shown.get_by_role("navigation", name="Main")
    await expect(menu).to_be_hidden()
    await shown.locator("summary").click()
    await expect(menu.get_by_role("link", name="People")).to_have_attribute("aria-current", "true")
    await shown.locator("summary").click()
    await shown.get_by_role("link", name="Add a tag").click()
    dialog = shown.get_by_role("dialog", name="Add a tag")
    await expect(dialog.get_by_label("Tag")).to_be_visible()
    await dialog.locator("[data-closes]").click()
    await expect(dialog).to_be_hidden()


async def test_the_first_visit_is_small_and_later_ones_fetch_nothing(house: str, open_page: Any) -> None:
    shown = await open_page(f"{house}/staff")
    sizes = "performance.getEntriesByType('resource').map((e) => e.transferSize)"
    assert 0 < sum(await shown.evaluate(sizes)) < 60_000
    await shown.goto(f"{house}/texter")
    assert sum(await shown.evaluate(sizes)) == 0
