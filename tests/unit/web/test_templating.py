"""What every page carries: its language, its headers, its notices, and times as the reader writes them."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI, Request, Response
from jinja2 import DictLoader, UndefinedError
from yarl import URL

from textbank import clock
from textbank.web import static_files
from textbank.web.language import gettext_of, language_of, translations
from textbank.web.static_files import static
from textbank.web.templating import environment, page, redirect

WHEN = datetime(2020, 3, 7, 2, 30, tzinfo=UTC)


class Answer(NamedTuple):
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def language(self) -> str:
        return str(json.loads(self.text)["language"])


TEMPLATES = {
    "notices.html": "{{ notices|join('|') }}",
    "times.html": "{{ when|moment }}",
    "amounts.html": "{{ 12480|number }} {{ '+15105551212'|phone }} {{ 'MYCODE'|phone }} {{ none|phone }}",
    "words.html": "{{ _('Inbox') }} {% trans %}Sign out{% endtrans %}",
}


class Client:
    """A browser without a screen: it keeps cookies and follows redirects."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, address

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        url = URL(self.address + path, encoded=True)
        async with self.session.get(url, headers=headers) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


def small_app() -> FastAPI:
    app = FastAPI()
    app.include_router(static_files.router)

    @app.get("/show/{name}")
    async def show(request: Request, name: str, zone: str = "") -> Response:
        language = request.headers.get("x-member", "")
        request.state.visitor = SimpleNamespace(time_zone=zone, language=language, shared=False)
        return page(request, f"{name}.html", when=WHEN, none=None)

    @app.get("/leave")
    async def leave(request: Request, notice: str, to: str = "/show/notices") -> Response:
        return redirect(request, to, notice)

    @app.get("/words")
    async def words(request: Request) -> dict[str, Any]:
        _ = gettext_of(request)
        said = _("Step %(current)s of %(all)s", current=1, all=2)
        return {"language": language_of(request), "said": said}

    return app


@pytest_asyncio.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    for language in ("en", "es"):
        monkeypatch.setattr(environment(language), "loader", DictLoader(TEMPLATES))
    running = uvicorn.Server(uvicorn.Config(small_app(), port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.005)
    address = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"accept-language": "en"}, auto_decompress=True
    ) as session:
        yield Client(session, address)
    running.should_exit = True
    await task


async def test_a_page_runs_no_script_but_ours_and_stands_in_no_frame(client: Client) -> None:
    policy = (await client.get("/show/words")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_a_notice_is_shown_on_the_next_page_only(client: Client) -> None:
    assert (await client.get("/leave?notice=Saved+<b>")).text == "Saved &lt;b&gt;"
    assert (await client.get("/show/notices")).text == ""


async def test_notices_wait_for_a_whole_page(client: Client) -> None:
    await client.get("/leave?notice=One&to=/words")
    await client.get("/leave?notice=%C2%A1Dos!&to=/words")
    assert (await client.get("/show/notices", headers={"hx-request": "true"})).text == ""
    assert (await client.get("/show/notices")).text == "One|¡Dos!"


@pytest.mark.parametrize("cookie", ["", "%%%", "bm90IGpzb24=", "eyJhIjogMX0=", "WzEsIDJd", "é", "a"])
async def test_a_damaged_notice_harms_nothing(client: Client, cookie: str) -> None:
    answer = await client.get("/show/notices", headers={"cookie": f"notice={cookie}"})
    assert (answer.status, answer.text) == (200, "")


async def test_times_are_told_in_the_readers_zone_and_language(client: Client) -> None:
    told = (await client.get("/show/times?zone=America/Los_Angeles")).text
    assert ">Mar 6, 2020</time>" in told
    assert 'datetime="2020-03-07T02:30:00+00:00"' in told
    assert "Friday, March 6, 2020" in told
    assert "6:30:00 PM Pacific Standard Time" in told
    assert ">7 mar 2020</time>" in (await client.get("/show/times?zone=UTC", headers={"x-member": "es"})).text
    assert ">Mar 7, 2020</time>" in (await client.get("/show/times?zone=No/Where")).text


async def test_a_time_of_today_is_told_by_the_hour(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 3, 7, 1, tzinfo=UTC))
    assert ">6:30 PM</time>" in (await client.get("/show/times?zone=America/Los_Angeles")).text
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 3, 9, 1, tzinfo=UTC))
    assert ">Fri 6:30 PM</time>" in (await client.get("/show/times?zone=America/Los_Angeles")).text
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 8, 9, 1, tzinfo=UTC))
    assert ">Mar 6, 6:30 PM</time>" in (await client.get("/show/times?zone=America/Los_Angeles")).text


async def test_amounts_and_numbers_are_written_as_people_here_do(client: Client) -> None:
    assert (await client.get("/show/amounts")).text == "12,480 (510) 555-1212 MYCODE "


async def test_the_language_picked_on_the_device_wins_then_the_members(client: Client) -> None:
    spanish = {"accept-language": "fr, es-MX;q=0.9, en;q=0.4"}
    assert (await client.get("/words", headers=spanish)).text == '{"language":"es","said":"Paso 1 de 2"}'
    assert (await client.get("/words", headers=spanish | {"cookie": "language=en"})).language == "en"
    member = {"x-member": "es"}
    assert (await client.get("/show/words", headers=member)).text == "Bandeja de entrada Cerrar sesión"
    picked = member | {"cookie": "language=en"}
    assert (await client.get("/show/words", headers=picked)).text == "Inbox Sign out"
    for odd in ("", "*", "de", "es;q=x", "es;q=0"):
        assert (await client.get("/words", headers={"accept-language": odd})).language == "en"


def test_english_needs_no_catalogue() -> None:
    assert translations("en").gettext("Inbox") == "Inbox"


def test_a_name_that_nobody_gave_is_an_error_and_not_an_empty_page() -> None:
    with pytest.raises(UndefinedError, match="nobody_gave_this"):
        environment("en").from_string("{{ nobody_gave_this }}").render()


async def test_a_file_is_kept_for_good_under_its_version_only(client: Client) -> None:
    now = await client.get(static("textbank.css"), headers={"accept-encoding": "gzip"})
    assert now.headers["content-encoding"] == "gzip"
    assert "immutable" in now.headers["cache-control"]
    assert now.text.startswith("/* Every colour")
    old = await client.get("/static/0123/textbank.css", headers={"accept-encoding": "identity"})
    assert (old.text, old.headers["cache-control"]) == (now.text, "no-cache")


@pytest.mark.parametrize("path", ["nothing.css", "css/tokens.css", "%2e%2e/templating.py"])
async def test_only_known_files_are_given_away(client: Client, path: str) -> None:
    assert (await client.get(static(path))).status == 404
