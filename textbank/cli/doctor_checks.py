"""What `textbank doctor` looks at. Every check answers with findings and never raises for what it finds.

Nothing is changed, no text is sent, and counts are bounded, so it may be run on a busy installation.
"""

import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from textbank import across, installation, migrations
from textbank.cli.connection import complete_settings
from textbank.cli.doctor_copies import examine_copies
from textbank.cli.doctor_organization import Finding, examine_organization
from textbank.database import Database
from textbank.errors import TextbankError
from textbank.settings import Mode, Settings, get_settings

__all__ = ["Finding", "examine"]

OLDEST_PYTHON = (3, 11)
ALIVE_WITHIN_SECONDS = 30.0
NEEDED_PARTS = ("worker", "schedule")
_AWAY = (SQLAlchemyError, OSError, TimeoutError)
_START = "start Textbank with `textbank up` (or the part that is missing)."


async def examine() -> AsyncIterator[Finding]:
    """Every finding, as it is made; what depends on the database is left out where there is none."""
    settings = get_settings()
    yield _python()
    yield _data_directory(settings)
    if not settings.data_directory.is_dir() and not settings.database_url:
        return  # there is nothing here, and looking further would make it
    settings = complete_settings()
    secret = _secret(settings)
    yield secret
    yield await _queue(settings)
    if not secret.ok and not _has_secret(settings):
        return  # without it not even a database password is known
    try:
        database = Database.from_settings(settings, pool_size=2)
    except (SQLAlchemyError, ValueError) as error:
        yield Finding("database", False, f"DATABASE_URL cannot be used ({error}).", "correct it.")
        return
    try:
        reached = await _reachable(database)
        yield reached
        if not reached.ok:
            return
        yield await _roles(database)
        yield await _schema(settings)
        mode = await _mode(database)
        yield _stamp(settings, mode)
        yield _public_url(settings, mode)
        async for finding in _heartbeats(database):
            yield finding
        yield await examine_copies(database, settings)
        async for finding in _organizations(database, settings, mode):
            yield finding
    finally:
        await database.close()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info[:2] >= OLDEST_PYTHON
    return Finding("Python", fine, version, "install Python 3.11 or newer and set Textbank up with it.")


def _data_directory(settings: Settings) -> Finding:
    data = settings.data_directory
    if not data.is_dir():
        return Finding(
            "data directory",
            False,
            f"{data} is not there.",
            "run this where Textbank was started, or set TEXTBANK_DATA to its data directory.",
        )
    open_to = stat.S_IMODE(data.stat().st_mode) & 0o077
    return Finding(
        "data directory",
        not open_to,
        f"{data}{' can be read by other users of this machine.' if open_to else ''}",
        f"chmod 700 {data}",
    )


def _has_secret(settings: Settings) -> bool:
    try:
        return bool(settings.secret())
    except OSError:
        return False


def _secret(settings: Settings) -> Finding:
    if settings.textbank_secret_key.get_secret_value():
        return Finding("secret", True, "from TEXTBANK_SECRET_KEY.")
    path = settings.data_directory / "secret"
    if not _has_secret(settings):
        return Finding(
            "secret",
            False,
            f"{path} is not there or cannot be read.",
            "start `textbank up` once, or put back the secret from the backup: without it carrier tokens "
            "cannot be decrypted.",
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    said = f"{path}, mode {mode:04o}{'' if mode == 0o600 else '; others may read it.'}"
    return Finding("secret", mode == 0o600, said, f"chmod 600 {path}")


async def _queue(settings: Settings) -> Finding:
    try:
        client = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
    except ValueError as error:
        return Finding("queue", False, f"REDIS_URL cannot be used ({error}).", "correct it, or leave it out.")
    try:
        await client.ping()
    except (RedisError, OSError, TimeoutError) as error:
        return Finding(
            "queue",
            False,
            f"Valkey does not answer ({error}). Texts wait, and are kept, until it does.",
            f"{_START} If REDIS_URL is set, see that it is right.",
        )
    finally:
        await client.aclose()
    return Finding("queue", True, "Valkey answers.")


async def _reachable(database: Database) -> Finding:
    try:
        async with database.app.connect() as connection:
            version = (await connection.execute(sa.text("show server_version"))).scalar_one()
    except _AWAY as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        return Finding(
            "database",
            False,
            f"PostgreSQL cannot be reached ({reason or type(error).__name__}).",
            f"{_START} If DATABASE_URL is set, see that it is right, and run `textbank migrate` once.",
        )
    return Finding("database", True, f"PostgreSQL {version} answers.")


async def _roles(database: Database) -> Finding:
    try:
        await database.check_roles()
    except (TextbankError, *_AWAY) as error:
        said = error.message if isinstance(error, TextbankError) else f"{type(error).__name__}: {error}"
        return Finding("database roles", False, said, "run `textbank migrate` as an administrator.")
    return Finding("database roles", True, "one organization at a time, by row-level security.")


async def _schema(settings: Settings) -> Finding:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    newest = ScriptDirectory.from_config(config).get_current_head()
    # Only the administrator of DATABASE_URL, who migrates, may read Alembic's table.
    engine = create_async_engine(settings.database_url, connect_args={"timeout": 5})
    try:
        async with engine.connect() as connection:
            current = (
                await connection.execute(sa.text("select version_num from alembic_version"))
            ).scalar_one_or_none()
    except _AWAY:
        current = None
    finally:
        await engine.dispose()
    return Finding(
        "schema",
        current == newest,
        f"at {current}, the newest." if current == newest else f"at {current}, the newest is {newest}.",
        "stop all parts, run `textbank migrate`, start them again.",
    )


async def _mode(database: Database) -> Mode | None:
    try:
        return await installation.mode(database)
    except _AWAY:
        return None


def _stamp(settings: Settings, mode: Mode | None) -> Finding:
    if mode is None:
        return Finding("stamp", False, "the database has no tables yet.", "run `textbank migrate`.")
    # Whoever starts the doctor beside a demonstration has set nothing: that is not a contradiction.
    if "textbank_mode" in settings.model_fields_set and settings.textbank_mode != mode:
        return Finding(
            "stamp",
            False,
            f"the database was made for {mode} texts, but TEXTBANK_MODE says {settings.textbank_mode}.",
            "use the data directory or DATABASE_URL that belongs to this mode.",
        )
    if mode == "live" and settings.twilio_api_url:
        return Finding(
            "stamp",
            False,
            f"the database is for live texts, but TWILIO_API_URL names {settings.twilio_api_url}.",
            "remove TWILIO_API_URL.",
        )
    return Finding("stamp", True, f"made for {mode} texts.")


def _public_url(settings: Settings, mode: Mode | None) -> Finding:
    url = urlsplit(settings.textbank_public_url)
    if not url.scheme.startswith("http") or not url.hostname:
        return Finding(
            "public address",
            False,
            f"TEXTBANK_PUBLIC_URL is {settings.textbank_public_url!r}, which is no address.",
            "set it to where the carrier reaches this installation, as in https://text.example.org.",
        )
    local = url.hostname in {"localhost", "127.0.0.1", "::1"}
    if mode == "live" and (url.scheme != "https" or local):
        return Finding(
            "public address",
            False,
            f"the carrier cannot safely reach {settings.textbank_public_url}: replies and STOPs would only "
            "come by the reconciler.",
            "set TEXTBANK_PUBLIC_URL to an https:// address that the internet can reach.",
        )
    return Finding("public address", True, settings.textbank_public_url)


async def _heartbeats(database: Database) -> AsyncIterator[Finding]:
    try:
        beats = await across.heartbeats(database)
    except _AWAY as error:
        yield Finding(
            "parts", False, f"their heartbeats cannot be read ({error}).", "run `textbank migrate`."
        )
        return
    for part in NEEDED_PARTS:
        age = beats.get(part)
        said = "has never run." if age is None else f"last showed that it is alive {age:,.0f} s ago."
        yield Finding(part, age is not None and age <= ALIVE_WITHIN_SECONDS, said, _START)


async def _organizations(database: Database, settings: Settings, mode: Mode | None) -> AsyncIterator[Finding]:
    if mode == "simulated" and not settings.twilio_api_url:
        # A simulated account's token must never be shown to the real carrier.
        simulator = f"http://127.0.0.1:{settings.textbank_simulator_port}"
        settings = settings.model_copy(update={"twilio_api_url": simulator})
    try:
        organizations = await installation.organizations(database)
    except _AWAY:
        return
    if not organizations:
        yield Finding("organizations", True, "none yet; make one with `textbank create-organization`.")
    for organization_id, name in organizations:
        try:
            for finding in await examine_organization(database, settings, organization_id, name):
                yield finding
        except _AWAY as error:
            yield Finding(name, False, f"could not be examined ({error}).", "run `textbank migrate`.")
