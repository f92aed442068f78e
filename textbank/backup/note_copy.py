"""Whose turn it is to make the nightly copy, and how it went: the one row of `backup_copy`."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from textbank.database import Database

# The row is a lease, too: a copy may take longer than the queue waits for a task before it rings again.
_TAKE_TURN = sa.text(
    """
    insert into backup_copy (started_at) values (clock_timestamp())
    on conflict (single) do update set started_at = clock_timestamp()
    where (backup_copy.started_at is null or backup_copy.started_at < now() - cast(:lease as interval))
      and (backup_copy.made_at is null or backup_copy.made_at < now() - cast(:apart as interval))
      and (backup_copy.failed_at is null or backup_copy.failed_at < now() - cast(:apart as interval))
    returning single
    """
)
_MADE = sa.text(
    "update backup_copy set started_at = null, made_at = :made_at, bytes = :bytes, place = :place, "
    "failed_at = null, failure = null"
)
_FAILED = sa.text(
    "update backup_copy set started_at = null, failed_at = clock_timestamp(), failure = :failure"
)
_LAST = sa.text(
    "select coalesce(b.made_at, i.made_at), b.failed_at from installation i left join backup_copy b on true"
)


async def take_turn(database: Database, *, lease: timedelta, apart: timedelta) -> bool:
    """Whether this process is the one to make it: nobody does, and none was made or failed a moment ago."""
    async with database.system() as connection:
        taken = await connection.execute(_TAKE_TURN, {"lease": lease, "apart": apart})
        return taken.one_or_none() is not None


async def note_made(database: Database, made_at: datetime, size: int, place: str) -> None:
    """It is made."""
    async with database.system() as connection:
        await connection.execute(_MADE, {"made_at": made_at, "bytes": size, "place": place})


async def note_failed(database: Database, failure: str) -> None:
    """It could not be made, for this reason; the one before stays the last."""
    async with database.system() as connection:
        await connection.execute(_FAILED, {"failure": failure})


async def last_made_and_failed(database: Database) -> tuple[datetime, datetime | None]:
    """When the last copy was made (before the first: the installation), and when a later one failed."""
    async with database.system() as connection:
        row = (await connection.execute(_LAST)).one()
        return row[0], row[1]
