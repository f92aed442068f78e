"""Bring a database up to date: roles, tables, places, and the stamp *simulated* or *live*."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from textbank.errors import WrongSetup
from textbank.migrations.roles import ensure_roles
from textbank.settings import Mode, Settings

ROLE_ATTEMPTS = 6


async def migrate(settings: Settings, database_url: str | None = None) -> None:
    """Migrate `DATABASE_URL` (or the given administrator's URL). Safe to repeat, and to run twice at once."""
    engine = create_async_engine(database_url or settings.database_url)
    try:
        await _ensure_roles_patiently(engine, settings)
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
        async with engine.begin() as connection:
            await stamp(connection, settings.textbank_mode)
    finally:
        await engine.dispose()


async def _ensure_roles_patiently(engine: AsyncEngine, settings: Settings) -> None:
    """Roles belong to the whole cluster, where no lock of ours reaches: another database's migration may
    make the same ones at this moment. Whoever comes second finds them made."""
    for attempt in range(ROLE_ATTEMPTS):
        try:
            async with engine.begin() as connection:
                await ensure_roles(connection, settings)
            return
        except DBAPIError as error:
            at_once = getattr(error.orig, "sqlstate", None) in ("23505", "42710", "XX000")
            if not at_once or attempt == ROLE_ATTEMPTS - 1:
                raise
        await asyncio.sleep(0.1 * (attempt + 1))


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def stamp(connection: AsyncConnection, mode: Mode) -> None:
    """Stamp a new database; refuse one that was made for the other kind of texts.

    A simulated database is full of invented people and a live one of real ones: mixing them would
    text the wrong phones.
    """
    await connection.execute(
        sa.text("insert into installation (mode) values (:mode) on conflict do nothing"), {"mode": mode}
    )
    stamped = (await connection.execute(sa.text("select mode from installation"))).scalar_one()
    if stamped != mode:
        raise WrongSetup(
            f"This database was made for {stamped} texts, and Textbank was started for {mode} ones. "
            "Nothing was changed. Use another data directory (TEXTBANK_DATA) or DATABASE_URL, or start "
            "it the way it was made (`textbank demo` or `--simulate` for simulated texts)."
        )
