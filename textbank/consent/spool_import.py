"""An uploaded file on this machine's disk, and the claim of the worker that reads it.

A large file is minutes of fetching and of reading past what is taken already, all of it without a batch
that would renew the claim on its way.
"""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from textbank import clock
from textbank.database import Database

LEASE: Final = timedelta(seconds=30)

_CHUNK = sa.text(
    "select data from import_chunk "
    "where organization_id = :organization and import_id = :import and position = :position"
)
_RENEW = sa.text(
    "update contact_import set worked_on_until = now() + cast(:lease as interval) "
    "where organization_id = :organization and id = :import and state in ('checking', 'importing') "
    "returning id"
)


class Claim:
    """One worker's hold on one import."""

    def __init__(self, database: Database, key: dict[str, int]) -> None:
        self._database, self._key = database, key
        self._renewed = clock.monotonic()

    async def holds(self) -> bool:
        """Whether there is still something to do here; renewed where a third of it is over."""
        if clock.monotonic() - self._renewed < LEASE.total_seconds() / 3:
            return True
        async with self._database.transaction(self._key["organization"]) as session:
            renewed = (await session.execute(_RENEW, self._key | {"lease": LEASE})).one_or_none()
        self._renewed = clock.monotonic()
        return renewed is not None


@asynccontextmanager
async def spooled(database: Database, key: dict[str, int], claim: Claim) -> AsyncIterator[Path | None]:
    """The file, piece by piece out of the database; None, not half of it, where the import was stopped."""
    with tempfile.TemporaryDirectory(prefix="textbank-") as directory:
        path = Path(directory) / "import"
        with path.open("wb") as file:
            position = 0
            while wanted := await claim.holds():
                async with database.transaction(key["organization"]) as session:
                    data = await session.scalar(_CHUNK, key | {"position": position})
                if data is None:
                    break
                file.write(data)
                position += 1
        yield path if wanted else None
