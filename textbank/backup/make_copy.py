"""Make a copy: one consistent state of the database, and the secret without which it is half unreadable."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from textbank import clock
from textbank.backup import archive, postgres_programs
from textbank.backup.archive import About
from textbank.errors import Unavailable, WrongSetup
from textbank.settings import Settings

KEPT = 14
"""Nightly copies; those made by hand are never removed."""

# The moment is taken before the dump's own snapshot: nothing that the copy lacks is older.
_ABOUT = sa.text("select clock_timestamp(), mode from installation")
_SCHEMA = sa.text("select version_num from alembic_version")
_SERVER = sa.text(
    "select current_setting('server_version_num')::int / 10000, rolsuper or rolbypassrls "
    "from pg_roles where rolname = current_user"
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made."""

    path: Path
    size: int
    made_at: datetime


def backups_directory(settings: Settings) -> Path:
    """Where copies go unless another place is named."""
    return settings.data_directory / "backups"


async def make_copy(settings: Settings, path: Path | None = None, *, nightly: bool = False) -> Copy:
    """Copy the running database of `settings` to `path`, a file or a directory.

    Raises WrongSetup or Unavailable with what is wrong and what to do.
    """
    about = await _about(settings)
    secret = settings.secret()
    if path is None:
        path = backups_directory(settings)
        _make_directory(path)
    if path.is_dir():
        kind = "-nightly" if nightly else ""
        path = path / f"textbank-{clock.now():%Y%m%d-%H%M%S}{kind}.backup"
    size = await asyncio.to_thread(
        archive.write, path, about, secret, postgres_programs.dump(settings.database_url)
    )
    if nightly:
        _drop_old(path.parent)
    return Copy(path, size, about.made_at)


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be made ({error.strerror}). No copy was made; nothing was changed. "
            "Name another place, or let this user write there."
        ) from error


async def _about(settings: Settings) -> About:
    engine = create_async_engine(settings.database_url, connect_args={"timeout": 10})
    try:
        async with engine.connect() as connection:
            server, sees_all = (await connection.execute(_SERVER)).one()
            _check_server(server, sees_all)
            try:
                made_at, mode = (await connection.execute(_ABOUT)).one()
                schema = (await connection.execute(_SCHEMA)).scalar_one()
            except SQLAlchemyError as error:
                raise WrongSetup(
                    "The database has no tables of Textbank yet. There is nothing to copy."
                ) from error
            return About(made_at, mode, schema)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"The database cannot be reached ({reason}). No copy was made. If DATABASE_URL is set, see that "
            "it is right."
        ) from error
    finally:
        await engine.dispose()


def _check_server(server: int, sees_all: bool) -> None:
    known = postgres_programs.version()
    if server > known:
        raise WrongSetup(
            f"The server of DATABASE_URL is PostgreSQL {server}, and Textbank's own pg_dump is of version "
            f"{known}, which cannot read it. No copy was made. Copy it with that server's own pg_dump, or "
            "update Textbank."
        )
    if not sees_all:
        raise WrongSetup(
            "The database user in DATABASE_URL does not see every organization's rows (it lacks BYPASSRLS), "
            "so its copy would not be whole. No copy was made. Use an administrator's DATABASE_URL."
        )


def _drop_old(directory: Path) -> None:
    for old in sorted(directory.glob("textbank-*-nightly.backup"))[:-KEPT]:
        old.unlink(missing_ok=True)
