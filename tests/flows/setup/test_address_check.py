"""The public address is called, not believed: each way a proxy can be wrong is told apart."""

import pytest
from aiohttp import web

from tests.conftest import make_settings
from tests.factories.town import Town, listen
from textbank.accounts.setup_state import Checked
from textbank.setup.address import HEADER, check_address, fingerprint, look_at


async def check_behind(proxy: web.Application) -> Checked:
    """What the check finds with this application at the public address."""
    runner = web.AppRunner(proxy)
    await runner.setup()
    listening, url = listen()
    await web.SockSite(runner, listening).start()
    try:
        return await check_address(make_settings("none", textbank_public_url=url), live=False)
    finally:
        await runner.cleanup()


async def ours(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n", headers={HEADER: fingerprint(make_settings("none"))})


async def test_the_running_installation_is_known_by_its_mark(town: Town) -> None:
    found = await check_address(town.settings, live=False)
    assert found.ok, found.sentence()


async def test_a_proxy_that_leads_on_is_told_with_where() -> None:
    async def lead_on(_request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently("https://www.example.org/healthz")

    proxy = web.Application()
    proxy.router.add_get("/healthz", lead_on)
    found = await check_behind(proxy)
    assert not found.ok
    assert "leads on to https://www.example.org/healthz" in found.sentence()


async def test_another_program_at_the_address_is_not_taken_for_us() -> None:
    async def other(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    proxy = web.Application()
    proxy.router.add_get("/healthz", other)
    found = await check_behind(proxy)
    assert "but it is not this Textbank." in found.sentence()


async def test_a_proxy_that_stops_webhooks_is_told() -> None:
    proxy = web.Application()
    proxy.router.add_get("/healthz", ours)
    found = await check_behind(proxy)
    assert "a webhook sent there was answered with HTTP 404." in found.sentence()


async def test_nobody_at_the_address_is_told() -> None:
    listening, url = listen()
    listening.close()
    found = await check_address(make_settings("none", textbank_public_url=url), live=False)
    assert "(no connection). What was set up so far is kept." in found.sentence()


@pytest.mark.parametrize(
    "url", ["text.example.org", "ftp://text.example.org", "https://text.example.org/texts"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    found = look_at(url, live=False)
    assert found is not None
    assert f"“{url}” is no address that webhooks can be brought to." in found.sentence()


def test_a_live_address_needs_https_and_the_internet() -> None:
    assert look_at("https://text.example.org", live=True) is None
    for url in ("http://text.example.org", "https://localhost", "https://10.0.0.5", "https://box.local"):
        assert look_at(url, live=True) is not None, url
