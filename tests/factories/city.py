"""A private installation of real processes, made to be broken: servers, web, workers, schedule, carrier.

Everything lives in one short temporary directory and dies with the test. PostgreSQL is the durable one,
because it is killed; between the workers and the simulated carrier stands the fault proxy.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from tests.factories import forge
from tests.factories.wire import Wire, ports_of
from textbank.campaigns import launch
from textbank.campaigns.queue_audience import queue_audience
from textbank.database import Database
from textbank.embedded import postgres, valkey
from textbank.embedded.child import Child
from textbank.embedded.postgres import RunningPostgres
from textbank.embedded.valkey import RunningValkey
from textbank.inbound.reconcile import WEBHOOK_TIME
from textbank.settings import Settings
from textbank.simulator.defaults import LONG_CODE

BLAST = "Riverside Tenants Union: Rally on Saturday at noon. Reply STOP to opt out."
ARGUMENTS = {
    "web": ["web"],
    "sending": ["worker", "--queue", "sending"],
    "chores": ["worker", "--queue", "chores"],
    "schedule": ["schedule"],
    "simulator": ["simulator"],
}
_SUBSCRIBE = """
with people as (
  insert into recipient (organization_id, e164, place)
  select $1, e164, 'test/open' from unnest($2::text[]) e164
  returning id),
numbered as (select id, row_number() over (order by id) as n from people),
contacts as (insert into contact (organization_id) select $1 from numbered returning id),
numbered_contacts as (select id, row_number() over (order by id) as n from contacts),
events as (
  insert into consent_event (organization_id, recipient_id, kind, digest)
  select $1, id, 'subscribed', 'x'::bytea from people returning id, recipient_id),
numbers as (
  insert into contact_number (organization_id, contact_id, recipient_id)
  select $1, c.id, p.id from numbered p join numbered_contacts c using (n))
insert into subscription (organization_id, list_id, contact_id, recipient_id, state, basis_event_id)
select $1, $3, c.id, p.id, 'subscribed', e.id
from numbered p join numbered_contacts c using (n) join events e on e.recipient_id = p.id
"""


@dataclass
class City:
    """What a fault test holds in its hands."""

    directory: Path
    http: aiohttp.ClientSession
    web_port: int
    carrier_port: int
    postgres_port: int
    wires: dict[str, Wire] = field(default_factory=dict)
    processes: int = 2
    """Of the worker that hands texts over."""
    other_carrier: str = ""
    """Where texts go instead of to the simulator."""
    parts: dict[str, Child] = field(default_factory=dict)
    database: RunningPostgres | None = None
    queue: RunningValkey | None = None
    environment: dict[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    organization_id: int = 0
    account_id: int = 0
    list_id: int = 0
    audience: list[str] = field(default_factory=list)

    @property
    def wire(self) -> Wire:
        """The proxy in front of the carrier."""
        return self.wires["carrier"]

    @property
    def web_url(self) -> str:
        """Where webhooks go."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def carrier_url(self) -> str:
        """The carrier itself, past the proxy."""
        return f"http://127.0.0.1:{self.carrier_port}"

    # Parts

    def start_part(self, name: str) -> None:
        """Start a part (again)."""
        old = self.parts.pop(name, None)
        if old is not None:
            old.stop()
        more = ["--processes", str(self.processes)] if name == "sending" else []
        self.parts[name] = forge.start(
            [sys.executable, "-m", "textbank.cli", *ARGUMENTS[name], *more],
            environment=self.environment,
            log=self.directory / f"{name}.log",
            cwd=self.directory,
        )

    @staticmethod
    def kill(pid: int) -> None:
        """`kill -9`."""
        os.kill(pid, signal.SIGKILL)

    async def restart_after_kill(self, name: str) -> None:
        """Kill a part outright and start it again, as whatever runs it would."""
        self.kill(self.parts[name].pid)
        await asyncio.to_thread(self.parts[name].wait, 20)
        await asyncio.to_thread(self.start_part, name)

    async def restart_postgres_after_kill(self) -> None:
        """Kill the postmaster; its orphans end by themselves, and the next one replays the log."""
        assert self.database is not None
        self.kill(self.database.pid)
        await asyncio.to_thread(self.database.stop)
        self.database = await asyncio.to_thread(self.start_postgres)

    async def restart_valkey_after_kill(self) -> None:
        """Kill Valkey; all it held is gone."""
        await self.kill_valkey()
        await self.start_valkey()

    async def kill_valkey(self) -> None:
        """Kill Valkey, for as long as one likes."""
        assert self.queue is not None
        self.kill(self.queue.pid)
        await asyncio.to_thread(self.queue.stop)

    async def start_valkey(self) -> None:
        """Start it again, empty."""
        self.queue = await asyncio.to_thread(valkey.start, self.directory / "vk")

    def start_postgres(self) -> RunningPostgres:
        return postgres.start(
            self.directory / "postgres",
            listen_tcp_port=self.postgres_port,
            options={"log_connections": "off"},
        )

    def sending_children(self) -> list[int]:
        """The processes that hand texts over."""
        pid = self.parts["sending"].pid
        with suppress(OSError):
            return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def log_of(self, name: str) -> str:
        """What a part said."""
        path = self.directory / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # The wire

    async def calls_in_flight(self, at_least: int = 3, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Wait until that many calls are under way; fail if there are not."""
        async with asyncio.timeout(seconds):
            while True:
                if len(calls := await self.wire.under_way()) >= at_least:
                    return calls
                await asyncio.sleep(0.01)

    async def child_in_mid_call(self, at_least: int = 3, seconds: float = 30.0) -> int:
        """A sending process that waits for the carrier's answers right now."""
        async with asyncio.timeout(seconds):
            while True:
                under_way = {call["port"] for call in await self.wire.under_way()}
                for pid in self.sending_children():
                    if len(under_way & ports_of(pid)) >= at_least:
                        return pid
                await asyncio.sleep(0.01)

    # The carrier

    async def behave(self, **changes: object) -> None:
        """Make the carrier unkind."""
        async with self.http.patch(f"{self.carrier_url}/_simulator/settings", json=changes) as answer:
            assert answer.status == 200, await answer.text()

    async def text(self, phone: str, body: str, **more: object) -> dict[str, Any]:
        """Somebody texts us; with `wait=True` the answer tells how the webhook was answered."""
        url = f"{self.carrier_url}/_simulator/phones/{phone}/texts"
        async with self.http.post(url, json={"to": LONG_CODE, "body": body, **more}) as answer:
            assert answer.status == 201, await answer.text()
            return dict(await answer.json())

    async def carrier(self, what: str) -> Any:
        """`health`, `counts` or `settings` of the carrier."""
        async with self.http.get(f"{self.carrier_url}/_simulator/{what}") as answer:
            return await answer.json()

    async def dump(self) -> list[dict[str, Any]]:
        """Every message that the carrier has."""
        async with self.http.get(f"{self.carrier_url}/_simulator/dump") as answer:
            return [json.loads(line) for line in (await answer.text()).splitlines()]

    # The database, as its administrator

    async def rows(self, statement: str, *values: object) -> list[Any]:
        """Rows of any table."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.postgres_port, user="textbank_admin", database="textbank"
        )
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def execute(self, script: str) -> None:
        """Run statements."""
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.postgres_port, user="textbank_admin", database="textbank"
        )
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def subscribe(self, numbers: Sequence[str]) -> None:
        """Put numbers on the list, somewhere where it is always time to text."""
        await self.rows(_SUBSCRIBE, self.organization_id, list(numbers), self.list_id)
        self.audience += numbers

    async def launch(self, *, queued_here: int = 1_000_000) -> int:
        """Launch a blast to the list and queue it, or about so many of it; the workers do the rest."""
        assert self.settings is not None
        database = Database.from_settings(self.settings, pool_size=1)
        try:
            async with database.transaction(self.organization_id) as session:
                campaign = await launch.blast_to_list(session, self.organization_id, self.list_id, BLAST)
            queued = 1
            while queued and await self._queued() < queued_here:
                async with database.transaction(self.organization_id) as session:
                    queued = await queue_audience(session, self.organization_id, campaign)
            return campaign
        finally:
            await database.close()

    async def _queued(self) -> int:
        [row] = await self.rows("select count(message_id) as n from audience_member")
        return int(row["n"])

    async def hurry(self) -> None:
        """Let what is left of a blast, made slow enough to meet every fault, leave at once."""
        await self.execute("update sender set segments_per_second = 1000")

    async def until_reconciled(self) -> None:
        """Wait for a reading of the carrier's list that files everything texted up to now.

        It begins once a webhook of now had its time to arrive; the rest of its minute is skipped.
        """
        patience = WEBHOOK_TIME + timedelta(seconds=1)
        [row] = await self.rows("select clock_timestamp() + $1::interval as due", patience)

        async def read() -> bool:
            [account] = await self.rows(
                "select reconciled_at > $1 as read, clock_timestamp() > $1 as due from carrier_account",
                row["due"],
            )
            if account["due"] and not account["read"]:
                await self.execute(
                    "update carrier_account set reconciled_at = reconciled_at - interval '1 minute'"
                )
            return bool(account["read"])

        await until(read, seconds=120, every=1.0)

    async def waiting(self) -> dict[str, int]:
        """What is not settled: texts in the outbox, attempts without a known outcome."""
        [row] = await self.rows(
            "select (select count(*) from outbox) as outbox, (select count(*) from attempt "
            "where outcome is null or outcome = 'unknown') as open, "
            "(select count(*) from campaign where state <> 'done') as campaigns"
        )
        return dict(row)

    async def until_settled(self, seconds: float) -> None:
        """Wait until every text has left or ended, and every attempt has a known outcome."""

        async def settled() -> bool:
            return not any((await self.waiting()).values())

        try:
            await until(settled, seconds=seconds, every=0.5)
        except TimeoutError:
            raise AssertionError(f"not settled after {seconds} s: {await self.waiting()}") from None


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float, every: float = 0.05) -> None:
    """Return as soon as a condition holds. What is away for a moment does not hold."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, aiohttp.ClientError):
                if await condition():
                    return
            await asyncio.sleep(every)
