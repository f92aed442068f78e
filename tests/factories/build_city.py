"""How a city is built, and torn down so that nothing of it is left."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from tests.factories.city import ARGUMENTS, City, until
from tests.factories.town import phones
from tests.factories.wire import start_wire
from textbank.accounts.cipher import Cipher
from textbank.accounts.connect_carrier_account import NewSender, connect_carrier_account
from textbank.accounts.create_organization import create_organization
from textbank.contacts.models import ContactList
from textbank.database import Database
from textbank.embedded import postgres, valkey
from textbank.keywords.create_keyword import create_keyword
from textbank.migrations.migrate import migrate
from textbank.settings import Settings
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN, LONG_CODE

ROOT = Path(__file__).parents[2]
ORGANIZATION = "Riverside Tenants Union"
UNLIMITED = 1_000_000.0
SECRET = "the secret of the tests"
_ALWAYS_OPEN = """
insert into sending_window (organization_id, place, opens_at, closes_at)
select id, 'test/open', now() - interval '1 day', '2100-01-01' from organization;
"""
# What faults and hundreds of STOPs do to a campaign would rightly pause it (decision 0016).
_NOBODY_WATCHES = """
create function forgive() returns trigger language plpgsql as $$
begin
  new.forgiven := '{"opted_out": 1000000, "failed": 1000000}';
  return new;
end $$;
create trigger forgive before insert on campaign for each row execute function forgive();
"""
# Whatever moves a status back is caught in the act, whoever does it.
_WATCH_STATUSES = """
create table watched_moves (message_id bigint, old_status text, old_rank int, status text, rank int);
create function watch_moves() returns trigger language plpgsql security definer as $$
begin
  insert into watched_moves values (new.message_id, old.status, old.rank, new.status, new.rank);
  return new;
end $$;
create trigger watch_moves after update on delivery for each row execute function watch_moves();
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_template(directory: Path) -> None:
    """A migrated cluster to copy, because making one takes longer than most faults."""
    running = postgres.start(directory / "postgres", fast=True)
    try:
        asyncio.run(migrate(settings_of(running.url())))
    finally:
        running.stop()


def settings_of(database_url: str, redis_url: str = "") -> Settings:
    """Settings of a simulated installation, untouched by the environment."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        redis_url=redis_url,
        textbank_secret_key=SecretStr(SECRET),
        textbank_mode="simulated",
    )


@asynccontextmanager
async def running_city(
    template: Path,
    *,
    audience: int = 0,
    pace: float = 200.0,
    processes: int = 2,
    slow_database: bool = False,
    watch_webhooks: bool = False,
    other_carrier: str = "",
) -> AsyncIterator[City]:
    """Build a city with one organization, one number, one list and the keyword JOIN; and tear it down.

    `slow_database` puts a relay before PostgreSQL, `watch_webhooks` a proxy before the web process;
    `other_carrier` is the address of one that stands in for the simulator and its proxy.
    """
    directory = Path(tempfile.mkdtemp(prefix="tb-"))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
        city = City(directory, http, free_port(), free_port(), free_port(), processes=processes)
        city.other_carrier = other_carrier
        try:
            await _build(city, template, slow_database, watch_webhooks)
            await _found(city, pace)
            await city.subscribe(phones(audience))
            await _open(city)
            yield city
        except Exception:
            for name in ARGUMENTS:  # shown with the failed test
                print(f"--- {name} said last:\n{city.log_of(name)[-4000:]}")
            raise
        finally:
            await _tear_down(city)


async def _build(city: City, template: Path, slow_database: bool, watch_webhooks: bool) -> None:
    await asyncio.to_thread(
        shutil.copytree, template / "postgres", city.directory / "postgres", symlinks=True
    )
    city.database = await asyncio.to_thread(city.start_postgres)
    city.queue = await asyncio.to_thread(valkey.start, city.directory / "vk")
    if not city.other_carrier:
        relay_to = city.postgres_port if slow_database else 0
        city.wires["carrier"] = await start_wire(city.carrier_port, relay_to)
    if watch_webhooks:
        city.wires["webhooks"] = await start_wire(city.web_port)
    database_url = city.database.url()  # by the socket, as `textbank up` does
    if not city.other_carrier:
        database_port = city.wire.relay_port or city.postgres_port
        database_url = f"postgresql+asyncpg://textbank_admin@127.0.0.1:{database_port}/textbank"
    webhooks = city.wires["webhooks"].port if watch_webhooks else city.web_port
    city.settings = settings_of(city.database.tcp_url(), redis_url=city.queue.url)
    city.environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "TEXTBANK_DATA": str(city.directory / "data"),
        "DATABASE_URL": database_url,
        "REDIS_URL": city.queue.url,
        "TEXTBANK_MODE": "simulated",
        "TEXTBANK_SECRET_KEY": SECRET,
        "TEXTBANK_PUBLIC_URL": f"http://127.0.0.1:{webhooks}",
        "TEXTBANK_PORT": str(city.web_port),
        "TEXTBANK_SIMULATOR_PORT": str(city.carrier_port),
        "TWILIO_API_URL": city.other_carrier or f"http://127.0.0.1:{city.wire.port}",
        "TEXTBANK_ABSENCE_SECONDS": "3",
        "TEXTBANK_LOG_LEVEL": "INFO",
    }
    for name in ARGUMENTS:
        if name != "simulator" or not city.other_carrier:
            city.start_part(name)


async def _found(city: City, pace: float) -> None:
    assert city.settings is not None
    database = Database.from_settings(city.settings, pool_size=2)
    try:
        made = await create_organization(database, ORGANIZATION, "help@riverside.example")
        city.organization_id = made.organization_id
        city.account_id = await connect_carrier_account(
            database,
            made.organization_id,
            account_sid=DEFAULT_ACCOUNT_SID,
            stored_token=Cipher(city.settings).encrypt(DEFAULT_AUTH_TOKEN),
            senders=[NewSender(LONG_CODE, "long_code", pace)],
        )
        async with database.transaction(made.organization_id) as session:
            rent_alerts = ContactList(
                organization_id=made.organization_id, name="Rent Alerts", frequency="Up to 6 msgs/month"
            )
            session.add(rent_alerts)
            await session.flush()
            city.list_id = rent_alerts.id
            await create_keyword(session, made.organization_id, "JOIN", "Rent Alerts")
    finally:
        await database.close()
    await city.execute(_ALWAYS_OPEN + _NOBODY_WATCHES + _WATCH_STATUSES)


async def _open(city: City) -> None:
    """Wait until every part is there, and take it as heard without a gap so far."""

    async def ready() -> bool:
        async with city.http.get(f"{city.web_url}/readyz") as answer:
            return answer.status == 200 and len(city.sending_children()) == city.processes

    try:
        await until(ready, seconds=40)
    except TimeoutError:
        raise AssertionError("\n".join(city.log_of(name)[-1500:] for name in ARGUMENTS)) from None
    if not city.other_carrier:
        url = f"{city.carrier_url}/_simulator/accounts/{DEFAULT_ACCOUNT_SID}"
        async with city.http.patch(url, json={"pace": {LONG_CODE: UNLIMITED}}) as answer:
            assert answer.status == 200, await answer.text()
        await city.behave(latency_ms=100, delivery_seconds=0.1)
    await city.execute(
        "update carrier_account set heard_at = now(), reconciled_at = now(), held_since = null, "
        "gap_ended_at = null"
    )


async def _tear_down(city: City) -> None:
    # Each by its keeper: the number of a part that a test has killed may be another process's by now.
    for part in city.parts.values():
        part.ask_to_stop()
    for part in city.parts.values():
        await asyncio.to_thread(part.stop)
    for wire in city.wires.values():
        await asyncio.to_thread(wire.close)
    for server in (city.queue, city.database):
        if server is not None:
            await asyncio.to_thread(server.stop)
    shutil.rmtree(city.directory, ignore_errors=True)
