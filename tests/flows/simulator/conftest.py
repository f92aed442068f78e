"""A real carrier on a free port, a receiver for its webhooks, and the official SDK pointed at it."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest_asyncio
from aiohttp import web

from textbank.simulator import SimulatorSettings, default_settings
from textbank.simulator.app import Simulator
from textbank.simulator.running import server

SUPPORTER = "+14155550123"


@dataclass
class Heard:
    """One webhook call as it arrived."""

    path: str
    url: str
    headers: dict[str, str]
    fields: dict[str, str]


@dataclass
class Receiver:
    """Takes webhooks; answers with what a test asked for, else 200."""

    base: str = ""
    calls: list[Heard] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        fields = dict(parse_qsl(await request.text(), keep_blank_values=True))
        # The request line's own letters: a signature is over the URL as it was asked for.
        url = f"{self.base}{request.raw_path}"
        self.calls.append(Heard(request.path, url, dict(request.headers), fields))
        waiting = self.answers.get(request.path, [])
        status = waiting.pop(0) if waiting else 200
        return web.Response(status=status, text=self.bodies.get(request.path, ""))

    def to(self, path: str) -> list[Heard]:
        return [call for call in self.calls if call.path == path]


def authorization(sid: str, token: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{sid}:{token}'.encode()).decode()}"}


class Caller:
    """A carrier under test: posts and gets with the account's credentials."""

    def __init__(self, simulator: Simulator, port: int, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.exchange = simulator.exchange
        self.base = f"http://127.0.0.1:{port}"
        self.session = session
        self.account = simulator.exchange.settings.accounts[0]
        self.headers = authorization(self.account.sid, self.account.auth_token)
        self.messages_url = f"{self.base}/2010-04-01/Accounts/{self.account.sid}/Messages"

    async def create(self, **fields: str) -> tuple[int, dict[str, Any]]:
        form = {"To": SUPPORTER, "From": "+14155550100", "Body": "Hello"} | fields
        form = {name: value for name, value in form.items() if value is not None}
        return await self.post(f"{self.messages_url}.json", form)

    async def post(self, url: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        async with self.session.post(url, data=form, headers=self.headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else {}

    async def get(self, url: str, **query: str) -> tuple[int, Any]:
        url = url if url.startswith("http") else self.base + url
        async with self.session.get(url, params=query or None, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def list(self, **query: str) -> list[dict[str, Any]]:
        status, page = await self.get(f"{self.messages_url}.json", **query)
        assert status == 200, page
        return list(page["messages"])

    async def fetch(self, sid: str) -> dict[str, Any]:
        status, message = await self.get(f"{self.messages_url}/{sid}.json")
        assert status == 200, message
        return dict(message)

    async def text(self, phone: str = SUPPORTER, **given: object) -> dict[str, Any]:
        given = {"to": "+14155550100", "body": "hi", "wait": True} | given
        async with self.session.post(f"{self.base}/_simulator/phones/{phone}/texts", json=given) as answer:
            return dict(await answer.json()) | {"http": answer.status}

    async def behave(self, **changes: object) -> None:
        async with self.session.patch(f"{self.base}/_simulator/settings", json=changes) as answer:
            assert answer.status == 200, await answer.text()

    async def until(self, sid: str, *statuses: str) -> dict[str, Any]:
        """The message, once it has one of these statuses."""
        async with asyncio.timeout(10):
            while (message := await self.fetch(sid))["status"] not in statuses:  # noqa: ASYNC110 - it changes on the other side of HTTP
                await asyncio.sleep(0.01)
        return message


async def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it changes on the other side of HTTP
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    taking = Receiver()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", taking.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taking.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield taking
    await runner.cleanup()


@pytest_asyncio.fixture
async def settings(receiver: Receiver) -> SimulatorSettings:
    chosen = default_settings(receiver.base)
    chosen.behaviour.delivery_seconds = 0.02
    chosen.behaviour.service_pick_seconds = 0.0
    for number in chosen.accounts[0].numbers:
        number.pace = 1000.0
    return chosen


@pytest_asyncio.fixture
async def carrier(settings: SimulatorSettings) -> AsyncIterator[Caller]:
    async with running_carrier(settings) as caller:
        yield caller


class running_carrier:
    """Run a carrier on a free port as long as the block lasts."""

    def __init__(self, settings: SimulatorSettings, **options: Any) -> None:
        self._server = server(settings, 0, **options)

    async def __aenter__(self) -> Caller:
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            assert not self._task.done(), self._task.exception()
            await asyncio.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self._session = aiohttp.ClientSession()
        simulator = self._server.config.app
        assert isinstance(simulator, Simulator)
        return Caller(simulator, port, self._session)

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._server.should_exit = True
        await self._task
