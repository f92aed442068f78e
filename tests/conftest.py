"""One PostgreSQL and one Valkey for the whole run; a fresh, migrated database for each test that asks.

The process that pytest was started in owns the servers (they die with it); workers of pytest-xdist find
them through the environment. Tests that kill or freeze servers start private ones (`tests/faults/`).
"""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, cast

import hypothesis
import pytest
import pytest_asyncio
import sqlalchemy as sa
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.factories import forge
from tests.factories.office import Hired, Office, hire
from tests.factories.town import Founded, Town, found, running_town
from textbank.accounts.create_organization import create_organization
from textbank.database import Database
from textbank.embedded import postgres, valkey
from textbank.migrations.migrate import migrate
from textbank.settings import Settings

# `make test` draws the same examples in each run, so that red is about the change and not about the dice;
# HYPOTHESIS_PROFILE=explore draws new ones. No deadlines: a busy machine is no fault of the code.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", derandomize=False, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

Administer = Callable[[str], Awaitable[None]]


class Template(NamedTuple):
    """A database that tests are given copies of, and who is in it."""

    database: str
    founded: Founded | None = None
    hired: Hired | None = None


POSTGRES = "TEXTBANK_TEST_POSTGRES"
VALKEY = "TEXTBANK_TEST_VALKEY"
VALKEY_DATABASES = 16
ROOM_BYTES = 2 * 1024**3
_LOG: list[Path] = []
"""Of the run's PostgreSQL, in the process that owns it."""


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, once, in the controlling process."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    base = Path(tempfile.mkdtemp(prefix="tb-", dir=_memory()))
    # Autovacuum would sit in a template database just when it is to be copied, which PostgreSQL refuses.
    options = {"max_connections": "300", "autovacuum": "off"}
    database = postgres.start(base / "pg", fast=True, options=options)
    queue = valkey.start(base / "vk", databases=VALKEY_DATABASES)
    _LOG.append(base / "pg" / "server.log")
    os.environ[POSTGRES] = database.url(database="{database}")
    os.environ[VALKEY] = queue.url
    config.add_cleanup(lambda: _stop(base, database, queue))


def _memory() -> str | None:
    """A file system in memory with room for the run's databases, if there is one.

    A copy of a database takes a sixth of the time there, and none of them outlives the run.
    """
    memory = "/dev/shm"  # noqa: S108 - only a directory of our own in it is used
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so where the run's PostgreSQL broke down: tests that used it then fail for no fault of theirs."""
    log = _LOG[0].read_text(errors="replace") if _LOG else ""
    broke = [line for line in log.splitlines() if "terminated by signal" in line or "PANIC" in line]
    if broke:
        terminalreporter.section("PostgreSQL of this run")
        terminalreporter.write_line("\n".join(broke))


def _stop(base: Path, database: postgres.RunningPostgres, queue: valkey.RunningValkey) -> None:
    queue.stop()
    database.stop()
    shutil.rmtree(base, ignore_errors=True)


def valkey_of_this_worker() -> str:
    """A numbered database of the run's Valkey, so that each worker may empty its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"{os.environ[VALKEY].partition('?')[0]}?db={worker % VALKEY_DATABASES}"


def make_settings(database: str, **more: object) -> Settings:
    """Settings of a simulated installation on one of the run's databases, untouched by the environment."""
    values: dict[str, object] = {
        "database_url": os.environ[POSTGRES].format(database=database),
        "redis_url": valkey_of_this_worker(),
        "textbank_secret_key": "the secret of the tests",
        "textbank_mode": "simulated",
        **more,
    }
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


# What the first workers prefer, one each: runs of many processes, which often wait, and browsers, which fill
# a core. The others prefer all the rest; and whoever finds nothing left of it takes what comes first.
HEAVY = (("tests/faults/", "tests/flows/setup/"), ("tests/browser/",))
LONGEST = "tests/browser/test_the_whole_job"


def _weight(file: str) -> int:
    return next((place for place, heavy in enumerate(HEAVY) if file.startswith(heavy)), len(HEAVY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: begun last, one would keep one worker busy while the others have nothing left."""
    items.sort(key=lambda item: (_weight(item.nodeid), not item.nodeid.startswith(LONGEST)))


class HeavyBesideLight(LoadFileScheduling):
    """What waits and what works, side by side on all workers."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        prefers = min(self.nodes.index(node), len(HEAVY))
        preferred = next((file for file in self.workqueue if _weight(file) == prefers), None)
        if preferred is not None:
            self.workqueue.move_to_end(preferred, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> HeavyBesideLight:
    """How files are shared out among the workers of `make test`."""
    return HeavyBesideLight(config, log)


def pytest_collection_finish() -> None:
    """What has been read stays to the end: nobody need walk through it in search of garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def parts_are_forked() -> Iterator[None]:
    """Parts that tests start need not read all of the code again: see `tests/factories/forge.py`."""
    with forge.lit():
        yield


@pytest_asyncio.fixture(scope="session")
async def administer() -> AsyncIterator[Administer]:
    """Makes and drops databases, over one connection of this worker that stays open."""
    url = os.environ[POSTGRES].format(database="postgres")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    async def administer(statement: str) -> None:
        async with engine.connect() as connection:
            await connection.execute(sa.text(statement))

    yield administer
    await engine.dispose()


@pytest_asyncio.fixture(scope="session")
async def migrated(administer: Administer, worker_id: str) -> Template:
    """The schema, and nobody in it."""
    name = f"template_{worker_id}_{uuid.uuid4().hex[:6]}"
    await administer(f"create database {name}")
    await migrate(make_settings(name))
    return Template(name)


@pytest_asyncio.fixture(scope="session")
async def with_town(administer: Administer, migrated: Template) -> Template:
    """A town's organization."""
    name = f"{migrated.database}_town"
    await administer(f"create database {name} template {migrated.database}")
    settings = make_settings(name)
    async with _opened(settings) as database:
        return Template(name, await found(settings, database))


@pytest_asyncio.fixture(scope="session")
async def with_office(administer: Administer, with_town: Template) -> Template:
    """A town's organization and its members."""
    name = f"{with_town.database}_office"
    await administer(f"create database {name} template {with_town.database}")
    assert with_town.founded is not None
    async with _opened(make_settings(name)) as database:
        hired = await hire(database, with_town.founded.organization_id)
    return Template(name, with_town.founded, hired)


@pytest.fixture
def template(request: pytest.FixtureRequest) -> Template:
    """What the test's database is a copy of. What all towns and offices have in common is made once."""
    asked = request.fixturenames
    name = "migrated" if "town" not in asked else "with_office" if "office" in asked else "with_town"
    return cast("Template", request.getfixturevalue(name))


@pytest_asyncio.fixture
async def settings(administer: Administer, template: Template) -> AsyncIterator[Settings]:
    """Settings for a database of this test's own."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    await administer(f"create database {name} template {template.database} strategy file_copy")
    with Redis.from_url(valkey_of_this_worker()) as left_by_others:
        left_by_others.flushdb()
    yield make_settings(name)
    await administer(f"drop database {name} with (force)")


@pytest_asyncio.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database, through the roles that the product uses."""
    async with _opened(settings) as database:
        yield database


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    # A disk that many tests write to may keep a new connection waiting for longer than a carrier would.
    database = Database.from_settings(settings, pool_size=5, statement_seconds=30.0, connect_seconds=30.0)
    try:
        yield database
    finally:
        await database.close()


@pytest_asyncio.fixture
async def admin(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The test's database as its administrator: to look, and to break things on purpose."""
    engine = create_async_engine(settings.database_url)
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture
async def organization(database: Database) -> int:
    """An organization's id."""
    made = await create_organization(database, "Riverside Tenants Union", "help@riverside.example")
    return made.organization_id


@pytest_asyncio.fixture
async def town(settings: Settings, database: Database, template: Template) -> AsyncIterator[Town]:
    """Web, carrier and a pump, on free ports, in this process: see `tests/factories/town.py`."""
    async with running_town(settings, database, template.founded) as running:
        yield running


@pytest_asyncio.fixture
async def office(town: Town, template: Template) -> AsyncIterator[Office]:
    """The town's pages, with a member of every role: see `tests/factories/office.py`."""
    opened = await Office.opened(town, template.hired)
    yield opened
    await opened.close()
