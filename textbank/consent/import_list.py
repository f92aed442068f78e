"""Import a file of contacts into a list: read, write in batches, report each row that was not taken.

Every batch is one transaction, and a batch may be repeated without doing anything twice; so an import
that breaks off is simply run again. While PostgreSQL works on a batch, the next one is read.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts import audit
from textbank.consent.write_batch import write_batch
from textbank.contacts.map_columns import map_columns, recognised
from textbank.contacts.read_contacts import NewContact, NotTaken, read_contacts
from textbank.contacts.read_csv import Table
from textbank.contacts.report_not_taken import NotTakenReport
from textbank.database import Database
from textbank.errors import InvalidInput, NotFound

Basis = Literal["keyword", "form", "told_us", "members"]
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
BATCH: Final = 2_500

_LIST = sa.text("select id from contact_list where organization_id = :organization and name = :name")


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be imported, and why these people may be texted."""

    file: Path
    list_name: str
    basis: Basis | None = None
    statement: str = ""
    """Who agreed, where, when and to which words; kept in the ledger with every row."""
    report: Path | None = None
    """Where rows that were not taken go; beside the file by default."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns named by hand: `{"phone": "Cell"}`."""


@dataclass(slots=True)
class Imported:
    """What became of the rows so far."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    subscribed: int = 0
    already: int = 0
    opted_out: int = 0
    no_basis: int = 0
    not_taken: Counter[str] = field(default_factory=Counter)
    bytes_read: int = 0
    size: int = 0
    seconds: float = 0.0
    report: Path | None = None
    """The report of rows not taken, if there are any."""

    @property
    def taken(self) -> int:
        """Rows that are a contact of ours now."""
        return self.added + self.updated + self.unchanged


async def import_list(
    database: Database,
    organization_id: int,
    wanted: Import,
    show: Callable[[Imported], None] = lambda _: None,
) -> Imported:
    """Import a file. `show` is called after every batch. Raises InvalidInput or NotFound before any write."""
    if wanted.basis is not None and not wanted.statement.strip():
        raise InvalidInput(
            "A basis needs a statement: who agreed, where, when and to which words. Nothing was imported. "
            'Say it with --statement "…", or import without a basis (--basis none), which no blast reaches.'
        )
    async with database.transaction(organization_id) as session:
        list_id = await _list_id(session, organization_id, wanted.list_name)
    started = clock.monotonic()
    done = Imported()
    with Table(wanted.file, recognised) as table:
        rows = read_contacts(table, map_columns(table.header, wanted.columns))
        done.size = table.size
        with NotTakenReport(wanted.file, wanted.report, table.header) as report:
            batch = await asyncio.to_thread(_next, rows)
            while batch:
                taken = [row for row in batch if isinstance(row, NewContact)]
                left = [row for row in batch if isinstance(row, NotTaken)]
                write = asyncio.create_task(_write(database, organization_id, list_id, taken, wanted, done))
                try:
                    batch = await asyncio.to_thread(_next, rows)
                finally:
                    await write
                report.add(left)
                done.not_taken.update(row.cause for row in left)
                done.rows += len(taken) + len(left)
                done.bytes_read, done.seconds = table.bytes_read, clock.monotonic() - started
                show(done)
    done.report = report.written
    await _record(database, organization_id, list_id, wanted, done)
    done.seconds = clock.monotonic() - started
    return done


async def _list_id(session: AsyncSession, organization_id: int, name: str) -> int:
    key = {"organization": organization_id, "name": name}
    list_id: int | None = (await session.execute(_LIST, key)).scalar_one_or_none()
    if list_id is None:
        raise NotFound(
            f"There is no list named {name!r}. Nothing was imported. Make it with: textbank list {name!r}"
        )
    return list_id


def _next(rows: Iterator[NewContact | NotTaken]) -> list[NewContact | NotTaken]:
    return list(islice(rows, BATCH))


def _evidence(wanted: Import) -> dict[str, Any] | None:
    if wanted.basis is None:
        return None
    return {
        "basis": wanted.basis,
        "statement": wanted.statement.strip(),
        "file": wanted.file.name,
        "imported_at": clock.now().isoformat(),
    }


async def _write(
    database: Database,
    organization_id: int,
    list_id: int,
    rows: Sequence[NewContact],
    wanted: Import,
    done: Imported,
) -> None:
    if not rows:
        return
    evidence = _evidence(wanted)

    async def work(session: AsyncSession) -> Counter[str]:
        return await write_batch(session, organization_id, list_id, rows, evidence)

    for name, count in (await database.idempotent(organization_id, work)).items():
        setattr(done, name, getattr(done, name) + count)


async def _record(
    database: Database, organization_id: int, list_id: int, wanted: Import, done: Imported
) -> None:
    async with database.transaction(organization_id) as session:
        audit.record(
            session,
            organization_id,
            "import",
            file=wanted.file.name,
            list_id=list_id,
            basis=wanted.basis or "none",
            statement=wanted.statement,
            rows=done.rows,
            added=done.added,
            updated=done.updated,
            subscribed=done.subscribed,
            opted_out=done.opted_out,
            not_taken=dict(done.not_taken),
        )
