"""How a command reaches the database: `DATABASE_URL`, else the embedded server of the data directory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textbank.embedded import postgres, valkey
from textbank.errors import InvalidInput, NotFound, Unavailable
from textbank.settings import Settings, get_settings

if TYPE_CHECKING:
    from textbank.database import Database


def complete_settings() -> Settings:
    """The settings with the embedded servers' addresses where none are given."""
    settings = get_settings()
    more = {}
    if not settings.database_url:
        more["database_url"] = postgres.url_of(settings.data_directory / "postgres")
    if not settings.redis_url:
        more["redis_url"] = valkey.url_of(settings.data_directory / "valkey")
    return settings.model_copy(update=more)


LONG_STATEMENT_SECONDS = 600.0
"""A command may freeze an audience of a million in one statement; no webhook waits for it."""


@asynccontextmanager
async def open_database() -> AsyncIterator[Database]:
    """The database, its roles checked, with a doorbell for the running workers."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    import textbank.models  # noqa: F401 - a row's foreign keys resolve only when every table is known
    from textbank import jobs
    from textbank.broker import Doorbell
    from textbank.database import Database

    settings = complete_settings()
    try:
        database = Database.from_settings(settings, pool_size=4, statement_seconds=LONG_STATEMENT_SECONDS)
        await database.check_roles()
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"The database cannot be reached ({reason}). Nothing was done. Is Textbank running? "
            "Start it with `textbank up` (or `make demo`) in this folder, or set DATABASE_URL."
        ) from error
    doorbell = Doorbell.from_settings(settings)
    jobs.publish_with(doorbell)
    try:
        yield database
    finally:
        jobs.publish_with(None)
        doorbell.close()
        await database.close()


async def organization_id_of(database: Database, name: str | None) -> int:
    """The organization a command is for; its name may be left out where there is only one."""
    from textbank import installation

    if name is not None:
        found = await installation.organization_named(database, name)
        if found is None:
            raise NotFound(f"There is no organization named {name!r}. Nothing was done.")
        return found
    everyone = await installation.organizations(database)
    if len(everyone) == 1:
        return everyone[0][0]
    if not everyone:
        raise NotFound("There is no organization yet. Make one with `textbank create-organization`.")
    names = ", ".join(repr(known) for _, known in everyone[:10])
    raise InvalidInput(f"Which organization? Say it with --organization. There are {names}.")
