"""Make a copy the installation again: into a database beside the old one, which is then moved aside.

Until the two names are swapped at the end, nothing that is there is touched; nothing is ever dropped but
what an earlier restore left unfinished.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from textbank import clock, migrations
from textbank.backup import archive, postgres_programs
from textbank.backup.archive import Manifest
from textbank.backup.hold import Held, put_hold
from textbank.embedded import secret_file
from textbank.errors import Conflict, Unavailable, WrongSetup
from textbank.migrations.migrate import migrate
from textbank.migrations.roles import ensure_roles
from textbank.settings import Mode, Settings

LEAVING_SECONDS = 10.0
"""How long processes that were just ended may still hold a connection."""

_OTHERS = sa.text(
    "select count(*) from pg_stat_activity where datname = :name and pid <> pg_backend_pid() "
    "and backend_type = 'client backend'"
)
_TABLES = sa.text("select count(*) from information_schema.tables where table_schema = 'public'")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    moved_to: str | None
    """The name that the old database has now; None where there was none, or an empty one."""
    held: Held
    wrote_secret: bool


def look_into(settings: Settings, file: Path) -> tuple[Manifest, bytes]:
    """Read a copy from end to end and see that it fits this installation. Nothing is touched."""
    manifest, secret = archive.check(file)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    try:
        ScriptDirectory.from_config(config).get_revision(manifest.schema)
    except CommandError as error:
        raise WrongSetup(
            f"The copy was made by a newer Textbank (its schema is {manifest.schema}, which this one does "
            "not know). Nothing was changed. Update Textbank first, then restore."
        ) from error
    if "textbank_mode" in settings.model_fields_set and settings.textbank_mode != manifest.mode:
        raise _other_mode(manifest, settings.textbank_mode, "TEXTBANK_MODE says")
    _check_secret(settings, secret)
    return manifest, secret


def _check_secret(settings: Settings, secret: bytes) -> None:
    try:
        ours = settings.secret()
    except OSError:
        return
    if ours == secret:
        return
    if settings.textbank_secret_key.get_secret_value():
        where, to_do = "TEXTBANK_SECRET_KEY", "Take the setting out, or set it to what it was then"
    else:
        path = settings.data_directory / "secret"
        where = str(path)
        to_do = f"If nothing else needs that one, move it away (mv {path} {path}.old)"
    raise WrongSetup(
        f"The copy was made with another secret than {where}: carrier tokens in it could not be read. "
        f"Nothing was changed. {to_do}, then restore again; or restore into an empty directory "
        "(TEXTBANK_DATA)."
    )


def _other_mode(manifest: Manifest, here: Mode, who: str) -> WrongSetup:
    return WrongSetup(
        f"The copy is of {manifest.mode} texts, but {who} {here}. Nothing was changed. Restore it into "
        "another data directory (TEXTBANK_DATA) or another DATABASE_URL."
    )


async def restore(settings: Settings, file: Path, *, replace: bool) -> Restored:
    """Restore `file` as the database of `settings`, which nobody may be using.

    `replace` allows to move a database that is not empty aside. Raises a TextbankError, with nothing
    changed, where something is not right.
    """
    manifest, secret = look_into(settings, file)
    is_set = bool(settings.textbank_secret_key.get_secret_value())
    settings = settings.model_copy(
        update={"textbank_secret_key": SecretStr(secret.decode()), "textbank_mode": manifest.mode}
    )
    url = make_url(settings.database_url)
    name = url.database or "textbank"
    fresh = f"{name}_restoring"
    async with _administrator(url.set(database="postgres")) as server:
        old = await _look_at_old(server, url, name, manifest, replace=replace)
        await server.exec_driver_sql(f'drop database if exists "{fresh}" with (force)')
        await server.exec_driver_sql(f'create database "{fresh}"')
        try:
            held = await _fill(settings, url.set(database=fresh), file, manifest)
            wrote_secret = not is_set and secret_file.put_back(settings.data_directory, secret)
            moved_to = await _swap(server, name, fresh, old)
        except BaseException:
            await server.exec_driver_sql(f'drop database if exists "{fresh}" with (force)')
            raise
    return Restored(manifest, moved_to, held, wrote_secret)


async def _look_at_old(
    server: AsyncConnection, url: URL, name: str, manifest: Manifest, *, replace: bool
) -> str:
    """`absent`, `empty` or `full`. Raises where it is in use, of another mode, or in the way."""
    await _nobody_uses(server, name)
    exists = sa.text("select count(*) from pg_database where datname = :name")
    if not (await server.execute(exists, {"name": name})).scalar_one():
        return "absent"
    async with _administrator(url) as old:
        if not (await old.execute(_TABLES)).scalar_one():
            return "empty"
        stamped = None
        if (await old.execute(sa.text("select to_regclass('public.installation')"))).scalar_one():
            stamped = (await old.execute(sa.text("select mode from installation"))).scalar_one_or_none()
    if stamped is not None and stamped != manifest.mode:
        raise _other_mode(manifest, stamped, "the database here was made for")
    if not replace:
        raise Conflict(
            f"The database {name!r} is not empty. Nothing was changed. With --yes it is moved aside, not "
            f"dropped, and the copy of {manifest.made_at:%Y-%m-%d %H:%M} UTC takes its place: what happened "
            "since is then known only as far as the carrier knows it."
        )
    return "full"


async def _nobody_uses(server: AsyncConnection, name: str) -> None:
    ends = clock.monotonic() + LEAVING_SECONDS
    while (others := (await server.execute(_OTHERS, {"name": name})).scalar_one()) > 0:
        if clock.monotonic() > ends:
            raise Conflict(
                f"The database {name!r} is in use ({others} connections). Nothing was changed. Stop every "
                "part of Textbank, on every machine, then restore."
            )
        await asyncio.sleep(0.2)


async def _fill(settings: Settings, url: URL, file: Path, manifest: Manifest) -> Held:
    address = url.render_as_string(hide_password=False)
    async with _administrator(url) as database:
        await ensure_roles(database, settings)
    await asyncio.to_thread(postgres_programs.restore, address, archive.dump_in(file))
    await migrate(settings, address)
    async with _administrator(url) as database:
        held = await put_hold(database, manifest.made_at)
        await database.exec_driver_sql("analyze")
        return held


async def _swap(server: AsyncConnection, name: str, fresh: str, old: str) -> str | None:
    moved_to = None
    await _nobody_uses(server, fresh)
    if old == "empty":
        await server.exec_driver_sql(f'drop database "{name}"')
    elif old == "full":
        moved_to = f"{name}_before_{clock.now():%Y%m%d_%H%M%S}"
        await server.exec_driver_sql(f'alter database "{name}" rename to "{moved_to}"')
    try:
        await server.exec_driver_sql(f'alter database "{fresh}" rename to "{name}"')
    except SQLAlchemyError:
        if moved_to is not None:
            await server.exec_driver_sql(f'alter database "{moved_to}" rename to "{name}"')
        raise
    return moved_to


@asynccontextmanager
async def _administrator(url: URL) -> AsyncIterator[AsyncConnection]:
    """A connection on which each statement stands by itself, as databases are made and renamed."""
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 10})
    try:
        async with engine.connect() as connection:
            yield connection
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"PostgreSQL refused ({reason}). Nothing was changed. Is DATABASE_URL right, and may its user "
            "make databases?"
        ) from error
    finally:
        await engine.dispose()
