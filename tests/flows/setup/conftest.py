"""A carrier with several accounts, a running installation, and `textbank setup` run as a person runs it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession

from tests.factories import forge
from tests.factories.town import eventually, listen, running_servers
from textbank.embedded import child
from textbank.embedded.child import Child, Ending
from textbank.simulator import AccountSettings, SimulatorSettings
from textbank.simulator.app import Simulator
from textbank.simulator.configuration import NumberSettings, ServiceSettings, sid_for
from textbank.simulator.running import server as carrier_server

PHONE = "+14155550199"
NEEDED_SECONDS = 100.0
"""How long anything may take on a machine that has other things to do."""


@dataclass
class Carrier:
    """A simulated carrier in this process, where nothing points anywhere yet."""

    simulator: Simulator
    url: str
    http: ClientSession
    _made: int = 0

    def new_account(self, *, numbers: int = 1, in_service: bool = False) -> AccountSettings:
        """An account of its own, so that tests do not meet."""
        self._made += 1
        own = [f"+1415555{self._made:02d}{n:02d}" for n in range(numbers)]
        settings = AccountSettings(
            sid=sid_for("AC", f"set-up {self._made}"),
            auth_token=sid_for("", f"token {self._made}"),
            label=f"Account {self._made}",
            numbers=[NumberSettings(e164=one, pace=50.0) for one in own],
            services=[
                ServiceSettings(sid=sid_for("MG", f"service {self._made}"), friendly_name="Pool", numbers=own)
            ]
            if in_service
            else [],
        )
        exchange = self.simulator.exchange
        account = type(next(iter(exchange.accounts.values())))(settings)
        exchange.accounts[settings.sid] = account
        exchange.by_authorization |= dict.fromkeys(account.authorizations(), account)
        return settings

    async def text(self, phone: str, to: str, body: str) -> None:
        """Somebody texts."""
        url = f"{self.url}/_simulator/phones/{phone}/texts"
        async with self.http.post(url, json={"to": to, "body": body}) as answer:
            assert answer.status == 201, await answer.text()

    async def replies_once_texted(self, phone: str, words: str) -> None:
        """A person who waits for a text and answers it."""

        async def texted() -> bool:
            return any(m.direction != "inbound" for m in self.simulator.exchange.conversation(phone))

        await eventually(texted, seconds=NEEDED_SECONDS)
        newest = self.simulator.exchange.conversation(phone)[-1]
        await self.text(phone, newest.sender or "", words)


@dataclass
class Run:
    """How a command ended."""

    code: int
    said: str


class Folder:
    """A folder that somebody sets Textbank up in."""

    def __init__(self, path: Path, carrier: Carrier) -> None:
        self.path = path
        self.environment = {name: value for name, value in os.environ.items() if not _is_ours(name)}
        self.environment |= {
            "TWILIO_API_URL": carrier.url,
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PYTHONWARNINGS": "default",
        }

    async def setup(self, *options: str, token: str = "", **environment: str) -> Run:
        """Run `textbank setup` with nobody to ask. `Terminal` starts it as a person does."""
        more = {"TWILIO_AUTH_TOKEN": token, **environment}
        given = self.environment | {name: value for name, value in more.items() if value}
        code, said = await asyncio.to_thread(
            forge.run,
            "setup",
            "--no-input",
            *options,
            environment=given,
            cwd=self.path,
            seconds=NEEDED_SECONDS,
        )
        return Run(code, " ".join(said.split()))

    @contextmanager
    def running(self, port: int) -> Iterator[Child]:
        """`textbank up` beside it."""
        words = [sys.executable, "-m", "textbank.cli", "up", "--simulate", "--port", str(port)]
        more = {name: value for name, value in self.environment.items() if os.environ.get(name) != value}
        parts = child.start(
            words,
            ending=Ending(first=2, grace=60.0),
            environment=more | {"TEXTBANK_PUBLIC_URL": f"http://127.0.0.1:{port}"},
            cwd=self.path,
            log=self.path / "up.log",
        )
        try:
            yield parts
        finally:
            parts.stop()


def _is_ours(name: str) -> bool:
    return name.startswith(("TEXTBANK_", "TWILIO_")) or name in ("DATABASE_URL", "REDIS_URL")


def free_port() -> int:
    """A port that nobody uses."""
    listening, url = listen()
    listening.close()
    return int(url.rpartition(":")[2])


@pytest_asyncio.fixture(scope="module")
async def carrier() -> AsyncIterator[Carrier]:
    """The carrier, for all tests of a file."""
    first = AccountSettings(sid=sid_for("AC", "nobody"), auth_token=sid_for("", "nobody"))
    listening, url = listen()
    server = carrier_server(SimulatorSettings(accounts=[first]), 0)
    simulator = server.config.app
    assert isinstance(simulator, Simulator)
    async with running_servers((server, listening)), ClientSession() as http:
        yield Carrier(simulator, url, http)


@pytest_asyncio.fixture(scope="module")
async def installed(carrier: Carrier, tmp_path_factory) -> AsyncIterator[Folder]:  # type: ignore[no-untyped-def]
    """A folder where Textbank runs already; each test sets up an organization of its own."""
    folder = Folder(tmp_path_factory.mktemp("installed"), carrier)
    port = free_port()
    folder.environment |= {"TEXTBANK_PORT": str(port)}
    with folder.running(port):
        async with ClientSession() as http:

            async def ready() -> bool:
                try:
                    async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                        return answer.status == 200
                except OSError:
                    return False

            await eventually(ready, seconds=NEEDED_SECONDS)
        # What a first run leaves behind, so that a test's own run changes no setting of the running parts.
        (folder.path / ".env").write_text(
            f"TEXTBANK_PUBLIC_URL=http://127.0.0.1:{port}\nTEXTBANK_MODE=simulated\n"
        )
        yield folder
