"""A whole small town in one process: the web application, the simulated carrier, and a pump to run.

Everything is the real thing, over real HTTP on loopback; only Celery is left out, so that a test says
itself when texts leave.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from textbank import across, clock, jobs
from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.create_organization import create_organization
from textbank.app import create_app
from textbank.assignments.press import UNDO
from textbank.campaigns import launch
from textbank.campaigns.queue_audience import queue_audience
from textbank.carriers import Carriers
from textbank.consent.record_basis import record_basis
from textbank.contacts.contact_of_recipient import contact_of_recipient
from textbank.contacts.create_list import create_list
from textbank.database import Database
from textbank.keywords.create_keyword import create_keyword
from textbank.messaging.pace import Pace
from textbank.messaging.protocol import FEEDING_ENDS, LIVE_THREADS_WAIT
from textbank.messaging.pump import Pump
from textbank.settings import Settings
from textbank.simulator import SimulatorSettings, default_settings
from textbank.simulator.app import Simulator
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE
from textbank.simulator.running import server as carrier_server

ALWAYS_OPEN = datetime(2100, 1, 1, tzinfo=UTC)
UNLIMITED = 1_000_000.0


class FreePace:
    """A pace that never holds anything back; pacing has tests of its own."""

    away = False

    async def take(self, sender_id: int, rate: float, want: int, **_: object) -> int:
        return want

    async def correct(self, sender_id: int, segments: int, **_: object) -> None:
        return


@dataclass(frozen=True, slots=True)
class Founded:
    """A town's organization, as it stands in a database."""

    organization_id: int
    account_id: int
    sender_id: int
    list_id: int


@dataclass
class Town:
    """What a test holds in its hands."""

    settings: Settings
    database: Database
    simulator: Simulator
    carrier_url: str
    http: aiohttp.ClientSession
    carriers: Carriers
    organization_id: int
    account_id: int
    sender_id: int
    list_id: int
    web: FastAPI
    number: str = LONG_CODE
    list_name: str = "Rent Alerts"
    rung: list[jobs.Job] = field(default_factory=list)

    async def text(self, phone: str, body: str, *, to: str | None = None) -> int:
        """Somebody texts us; returns the status our webhook answered with (after the carrier's retries)."""
        given = {"to": to or self.number, "body": body, "wait": True}
        url = f"{self.carrier_url}/_simulator/phones/{phone}/texts"
        async with self.http.post(url, json=given) as answer:
            told = await answer.json()
            assert "webhook_calls" in told, told
        return int(told["webhook_calls"][-1]["status"] or 0)

    async def phone(self, phone: str) -> list[dict[str, Any]]:
        """What stands on a phone, oldest first."""
        async with self.http.get(f"{self.carrier_url}/_simulator/phones/{phone}") as answer:
            return list((await answer.json())["messages"])

    async def received(self, phone: str) -> list[str]:
        """The words of the texts that the carrier took for a phone, oldest first."""
        return [one["body"] for one in await self.phone(phone) if one["direction"] != "inbound"]

    async def answer_to(self, phone: str, body: str) -> list[str]:
        """Somebody texts us; returns what they get by itself, at once or a moment later, oldest first."""
        before = len(await self.received(phone))
        await self.text(phone, body)
        await self.let_answers_leave()
        return (await self.received(phone))[before:]

    async def let_answers_leave(self) -> None:
        """All of them, one after the other, and what else may leave.

        On a busy machine a call may come too late for its permit, and is tried again later.
        """
        waiting = "select 1 from outbox o join outbox_group g on g.id = o.group_id where g.lane = 1 limit 1"
        soon = (
            "update outbox set due_at = now() where claim_token is null and attempt_id is null "
            "and message_id = (select min(o.message_id) from outbox o join outbox_group g "
            "on g.id = o.group_id where g.lane = 1)"
        )
        for _ in range(20):
            await self.execute(soon)
            await self.pump()
            if not await self.query(waiting):
                return
        raise AssertionError("answers do not leave")

    async def counts(self) -> dict[str, Any]:
        """The carrier's own counts."""
        async with self.http.get(f"{self.carrier_url}/_simulator/counts") as answer:
            return dict(await answer.json())

    async def behave(self, **changes: object) -> None:
        """Make the carrier unkind."""
        async with self.http.patch(f"{self.carrier_url}/_simulator/settings", json=changes) as answer:
            assert answer.status == 200, await answer.text()

    def make_pump(self, *, pace: Pace | None = None, **more: Any) -> Pump:
        base = self.settings.textbank_public_url
        return Pump(
            self.database,
            pace or FreePace(),
            self.carriers,
            lambda o, m, a: f"{base}/webhooks/twilio/status?o={o}&m={m}&a={a}",
            **more,
        )

    async def pump(self, **more: Any) -> None:
        """Let everything leave that may, and wait for the carrier's answers."""
        await self.let_undo_lapse()
        options = {"seconds": 30.0, "idle_seconds": 0.15, **more}
        for _ in range(3):
            began = clock.monotonic()
            await self.make_pump(**options).run()
            # On a machine so busy that the database did not answer in time it ends early, and is rung again.
            over = clock.monotonic() - began >= options["seconds"]
            if over or not await across.due_senders(self.database, FEEDING_ENDS, LIVE_THREADS_WAIT):
                return

    async def let_undo_lapse(self) -> None:
        """As if the seconds were over in which a press can be taken back."""
        await self.execute(
            "update outbox set due_at = queued_at where due_at = queued_at + cast(:undo as interval) "
            "and claim_token is null and attempt_id is null",
            undo=UNDO,
        )

    async def let_all_leave(self) -> None:
        """Everything that waits, also what came too late for its permit on a busy machine."""
        soon = "update outbox set due_at = now() where claim_token is null and attempt_id is null"
        for _ in range(20):
            await self.execute(soon)
            await self.pump()
            if not await self.query("select 1 from outbox limit 1"):
                return
        raise AssertionError("texts do not leave")

    async def subscribe(self, *phones: str) -> list[int]:
        """Put phones on the list, each with a recorded basis; returns the recipients' ids."""
        ids = []
        async with self.database.transaction(self.organization_id) as session:
            for phone in phones:
                recipient = await self.recipient(phone)
                contact = await contact_of_recipient(session, self.organization_id, recipient)
                await record_basis(
                    session,
                    self.organization_id,
                    recipient_id=recipient,
                    contact_id=contact,
                    list_id=self.list_id,
                    evidence={"basis": "told_us", "statement": "signed at the door"},
                )
                ids.append(recipient)
        return ids

    async def recipient(self, phone: str) -> int:
        """The recipient's id; made, somewhere where it is always time to text, if it is new."""
        statement = sa.text(
            "insert into recipient (organization_id, e164, place) values (:o, :p, 'test/open') "
            "on conflict (organization_id, e164) do update set e164 = excluded.e164 returning id"
        )
        async with self.database.transaction(self.organization_id) as session:
            made: int = (
                await session.execute(statement, {"o": self.organization_id, "p": phone})
            ).scalar_one()
            return made

    async def launch(self, body: str = "Rally on Saturday. Reply STOP to opt out.") -> int:
        """Launch a blast to the list and queue it; returns the campaign's id."""
        async with self.database.transaction(self.organization_id) as session:
            campaign = await launch.blast_to_list(session, self.organization_id, self.list_id, body)
        while True:
            async with self.database.transaction(self.organization_id) as session:
                if not await queue_audience(session, self.organization_id, campaign):
                    return campaign

    async def query(self, statement: str, **values: object) -> list[Any]:
        """Rows of this organization, as the app role sees them."""
        async with self.database.transaction(self.organization_id) as session:
            return list((await session.execute(sa.text(statement), values)).all())

    async def execute(self, statement: str, **values: object) -> None:
        """Change rows of this organization, as the app role may."""
        async with self.database.transaction(self.organization_id) as session:
            await session.execute(sa.text(statement), values)

    async def hear(self) -> None:
        """Pretend that the account has been heard without a gap, and will be for a long time."""
        await self.execute(
            "update carrier_account set heard_at = 'infinity', held_since = null, reconciled_at = now()"
        )


def phones(count: int, *, start: int = 0) -> list[str]:
    """Valid, distinct American mobile numbers."""
    return [f"+1510{2_000_000 + start + i:07d}" for i in range(count)]


async def eventually(condition: Any, *, seconds: float = 15.0, every: float = 0.02) -> None:
    """Return as soon as an async condition holds; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - it changes in another process
            await asyncio.sleep(every)


@asynccontextmanager
async def running_servers(*servers: tuple[uvicorn.Server, socket.socket]) -> AsyncIterator[None]:
    """Run uvicorn servers in this loop as long as the block lasts; they end at once, and together."""
    tasks = [asyncio.create_task(server.serve(sockets=[listening])) for server, listening in servers]
    while not all(server.started for server, _ in servers):
        for task in tasks:
            if task.done():
                task.result()
                raise RuntimeError("a server ended before it started")
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        # Asked to end, each would notice a tenth of a second later. The last gives its signals back first.
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(server.shutdown(sockets=[listening]) for server, listening in servers))


def listen() -> tuple[socket.socket, str]:
    """A listening socket on a free port, and its address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@asynccontextmanager
async def running_town(
    settings: Settings, database: Database, founded: Founded | None = None
) -> AsyncIterator[Town]:
    """Start web and carrier, for the organization that was founded in this database, or now is."""
    founded = founded or await found(settings, database)
    web_socket, web_url = listen()
    carrier_socket, carrier_url = listen()
    simulated = _kind_carrier(web_url)
    settings = settings.model_copy(update={"textbank_public_url": web_url, "twilio_api_url": carrier_url})
    app = create_app(settings)
    web = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    carrier = carrier_server(simulated, 0)
    carriers = Carriers(database, settings)
    async with (
        running_servers((carrier, carrier_socket), (web, web_socket)),
        aiohttp.ClientSession() as http,
    ):
        simulator = carrier.config.app
        assert isinstance(simulator, Simulator)
        town = Town(settings, database, simulator, carrier_url, http, carriers, *astuple(founded), web=app)
        jobs.publish_with(town.rung.append)
        await town.hear()
        try:
            yield town
        finally:
            jobs.publish_with(None)
            with suppress(Exception):
                await carriers.close()


def _kind_carrier(web_url: str) -> SimulatorSettings:
    simulated = default_settings(web_url)
    simulated.behaviour.delivery_seconds = 0.02
    simulated.behaviour.service_pick_seconds = 0.0
    for number in simulated.accounts[0].numbers:
        number.pace = UNLIMITED
    return simulated


async def found(settings: Settings, database: Database) -> Founded:
    """One organization with one number, one list and the keyword JOIN."""
    made = await create_organization(database, "Riverside Tenants Union", "help@riverside.example")
    account_id = await connect_carrier_account(
        database,
        made.organization_id,
        account_sid=DEFAULT_ACCOUNT_SID,
        stored_token=Cipher(settings).encrypt(DEFAULT_AUTH_TOKEN),
        senders=[NewSender(LONG_CODE, "long_code", UNLIMITED)],
    )
    async with database.transaction(made.organization_id) as session:
        programme = await create_list(session, made.organization_id, "Rent Alerts", "Up to 6 msgs/month")
        await create_keyword(session, made.organization_id, "JOIN", "Rent Alerts")
        await session.execute(
            sa.text(
                "insert into sending_window (organization_id, place, opens_at, closes_at) "
                "values (:o, 'test/open', now() - interval '1 day', :closes)"
            ),
            {"o": made.organization_id, "closes": ALWAYS_OPEN},
        )
        sender_id = (await session.execute(sa.text("select id from sender"))).scalar_one()
    return Founded(made.organization_id, account_id, sender_id, programme.id)
