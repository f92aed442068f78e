"""Check and take uploaded files: a job of many small transactions that may be killed between any two.

Each batch is one transaction that also moves `rows` on, and begins by asking that `rows` is where this
worker left it. So a worker that is killed loses nothing, and of two that work at the same file, the second
finds the row moved and stops. A repeat reads the file from its beginning and skips what is taken: that is
no part of the time it has, or a long file would never get any further.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts import audit
from textbank.consent.basis import Answer
from textbank.consent.spool_import import LEASE, Claim, spooled
from textbank.consent.write_batch import write_batch
from textbank.contacts.map_columns import columns_from, recognised
from textbank.contacts.read_contacts import NewContact, NotTaken, read_contacts
from textbank.contacts.read_csv import Table
from textbank.database import Database
from textbank.errors import InvalidInput

BATCH: Final = 2_500
EXAMPLES: Final = 20
SECONDS: Final = 20.0

_WAITING = sa.text(
    "select id from contact_import where organization_id = :organization "
    "and state in ('checking', 'importing') and (worked_on_until is null or worked_on_until < now()) "
    "order by id limit 5"
)
_TAKE_UP = sa.text(
    """
    update contact_import i set worked_on_until = now() + cast(:lease as interval),
      started_at = coalesce(started_at, now())
    where organization_id = :organization and id = :import and state in ('checking', 'importing')
      and (worked_on_until is null or worked_on_until < now())
    returning id, state, file_name, columns, basis, list_id, rows, member_id,
      (select name from member m where m.organization_id = i.organization_id and m.id = i.member_id) as name
    """
)
_LAY_DOWN = sa.text(
    "update contact_import set worked_on_until = null where organization_id = :organization and id = :import"
)
_WHERE = sa.text(
    "select rows, counts from contact_import where organization_id = :organization and id = :import "
    "and state = 'importing' for update"
)
_ADVANCE = sa.text(
    "update contact_import set rows = :rows, bytes_read = :bytes, counts = cast(:counts as jsonb), "
    "worked_on_until = now() + cast(:lease as interval) "
    "where organization_id = :organization and id = :import"
)
_NOT_TAKEN = sa.text(
    """
    insert into import_not_taken (organization_id, import_id, line, cause, reason, fields, raw)
    select :organization, :import, line, cause, reason, fields::jsonb, raw
    from unnest(cast(:lines as int[]), cast(:causes as text[]), cast(:reasons as text[]),
      cast(:fields as text[]), cast(:raws as text[])) as given (line, cause, reason, fields, raw)
    """
)
_LOOKED = sa.text(
    "update contact_import set bytes_read = :bytes, worked_on_until = now() + cast(:lease as interval) "
    "where organization_id = :organization and id = :import and state = 'checking' returning id"
)
_CHECKED = sa.text(
    "update contact_import set state = 'checked', checked = cast(:checked as jsonb), bytes_read = 0, "
    "started_at = null where organization_id = :organization and id = :import and state = 'checking'"
)
_FAILED = sa.text(
    "update contact_import set state = 'failed', failure = :failure, finished_at = now() "
    "where organization_id = :organization and id = :import and state in ('checking', 'importing')"
)
_DONE = sa.text(
    "update contact_import set state = 'done', finished_at = now(), bytes_read = size "
    "where organization_id = :organization and id = :import and state = 'importing' returning id"
)
_DROP = sa.text("delete from import_chunk where organization_id = :organization and import_id = :import")

Rows = list[NewContact | NotTaken]


async def run_imports(
    database: Database,
    organization_id: int,
    *,
    stopping: Callable[[], bool] = lambda: False,
    seconds: float = SECONDS,
) -> None:
    """Go on with every file of the organization that waits, for some seconds and a batch at least."""
    ends = clock.monotonic() + seconds
    async with database.transaction(organization_id) as session:
        waiting = (await session.scalars(_WAITING, {"organization": organization_id})).all()
    for import_id in waiting:
        if stopping():
            return
        await _go_on(database, organization_id, import_id, stopping, seconds)
        if clock.monotonic() > ends:
            return


async def _go_on(
    database: Database, organization_id: int, import_id: int, stopping: Callable[[], bool], seconds: float
) -> None:
    key = {"organization": organization_id, "import": import_id}
    async with database.transaction(organization_id) as session:
        one = (await session.execute(_TAKE_UP, key | {"lease": LEASE})).one_or_none()
    if one is None:
        return
    began, claim = clock.monotonic(), Claim(database, key)
    try:
        async with spooled(database, key, claim) as path:
            if path is None:
                return
            with Table(path, recognised, called=one.file_name) as table:
                columns = columns_from(table.header, one.columns["chosen"])
                rows = read_contacts(table, columns)
                if one.state == "checking":
                    await _check(database, key, table, rows)
                elif await _skipped(rows, one.rows, claim, stopping):
                    # As long as getting here took, too: the work on a long file grows with it and no faster.
                    ends = clock.monotonic() + max(seconds, clock.monotonic() - began)
                    await _take(
                        database, key, table, rows, one, lambda: stopping() or clock.monotonic() > ends
                    )
    except InvalidInput as error:
        async with database.transaction(organization_id) as session:
            await session.execute(_FAILED, key | {"failure": error.message})
    async with database.transaction(organization_id) as session:
        await session.execute(_LAY_DOWN, key)


async def _check(database: Database, key: dict[str, int], table: Table, rows: Iterator[Any]) -> None:
    """Read the whole file and count; writes no contact."""
    causes: Counter[str] = Counter()
    usable = 0
    examples: list[list[Any]] = []
    while batch := await asyncio.to_thread(_next, rows, 10 * BATCH):
        for row in batch:
            if isinstance(row, NewContact):
                usable += 1
                continue
            causes[row.cause] += 1
            if len(examples) < EXAMPLES:
                examples.append([row.line, row.reason])
        async with database.transaction(key["organization"]) as session:
            looked = await session.execute(_LOOKED, key | {"bytes": table.bytes_read, "lease": LEASE})
            if looked.one_or_none() is None:
                return
    checked = {
        "rows": usable + causes.total(),
        "usable": usable,
        "causes": dict(causes),
        "examples": examples,
    }
    async with database.transaction(key["organization"]) as session:
        await session.execute(_CHECKED, key | {"checked": json.dumps(checked, ensure_ascii=False)})


async def _take(
    database: Database,
    key: dict[str, int],
    table: Table,
    rows: Iterator[Any],
    one: sa.Row[Any],
    enough: Callable[[], bool],
) -> None:
    evidence = Answer.from_json(one.basis).evidence(
        by=f"member {one.member_id}", by_name=one.name, file=one.file_name, import_id=one.id
    )
    done: int = one.rows
    while True:
        batch = await asyncio.to_thread(_next, rows, BATCH)
        if not batch:
            await _finish(database, key, one)
            return
        bytes_read = table.bytes_read

        async def work(
            session: AsyncSession, batch: Rows = batch, done: int = done, bytes_read: int = bytes_read
        ) -> bool:
            return await _write(session, key, one.list_id, batch, evidence, done, bytes_read)

        if not await database.idempotent(key["organization"], work):
            return
        done += len(batch)
        if enough():
            return


async def _write(
    session: AsyncSession,
    key: dict[str, int],
    list_id: int,
    batch: Rows,
    evidence: dict[str, Any] | None,
    done: int,
    bytes_read: int,
) -> bool:
    """One batch; false where another worker has moved on, or somebody stopped the import."""
    where = (await session.execute(_WHERE, key)).one_or_none()
    if where is None or where.rows not in (done, done + len(batch)):
        return False
    if where.rows == done + len(batch):
        return True  # committed already, by this very call before its connection broke
    taken = [row for row in batch if isinstance(row, NewContact)]
    left = [row for row in batch if isinstance(row, NotTaken)]
    became = await write_batch(session, key["organization"], list_id, taken, evidence)
    counts = Counter(where.counts) + became + Counter(f"not: {row.cause}" for row in left)
    if left:
        await session.execute(_NOT_TAKEN, key | _left(left))
    await session.execute(
        _ADVANCE,
        key
        | {
            "rows": done + len(batch),
            "bytes": bytes_read,
            "counts": json.dumps(counts),
            "lease": LEASE,
        },
    )
    return True


async def _finish(database: Database, key: dict[str, int], one: sa.Row[Any]) -> None:
    async with database.transaction(key["organization"]) as session:
        if (await session.execute(_DONE, key)).one_or_none() is None:
            return
        await session.execute(_DROP, key)
        audit.record(
            session,
            key["organization"],
            "import",
            actor=f"member {one.member_id}",
            import_id=one.id,
            file=one.file_name,
            list_id=one.list_id,
            basis=one.basis.get("kind", "none"),
        )


def _next(rows: Iterator[NewContact | NotTaken], most: int) -> Rows:
    return list(islice(rows, most))


async def _skipped(
    rows: Iterator[NewContact | NotTaken], count: int, claim: Claim, stopping: Callable[[], bool]
) -> bool:
    """Read past the rows that are taken; false where there is no use in going on."""
    for start in range(0, count, 10 * BATCH):
        most = min(10 * BATCH, count - start)
        await asyncio.to_thread(next, islice(rows, most, most), None)
        if stopping() or not await claim.holds():
            return False
    return not stopping()


def _left(left: Sequence[NotTaken]) -> dict[str, list[Any]]:
    return {
        "lines": [row.line for row in left],
        "causes": [row.cause for row in left],
        "reasons": [row.reason for row in left],
        "fields": [json.dumps(row.fields, ensure_ascii=False) for row in left],
        "raws": [row.raw for row in left],
    }
