"""Write down each organization's chain head once a day, outside the database.

Whoever can change the database could also seal it anew from the first link on. A head that was written down
elsewhere before shows it: the chain must still pass through it. So the file is only ever appended to, and
whoever cares more sends its lines to somebody else (docs/operating.md).
"""

import asyncio
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from textbank import clock
from textbank.consent.verify import WrittenHead
from textbank.database import Database
from textbank.errors import InvalidInput

LINES_SHOWN: Final = 60
_TAIL_BYTES: Final = 64 * 1024
_MADE_AT = sa.text("select made_at from installation")
_HEADS = sa.text(
    "select o.id, o.name, l.position, l.head, l.sealed_at from organization o cross join lateral "
    "(select position, head, sealed_at from consent_link where organization_id = o.id "
    "order by position desc limit 1) l order by o.id"
)


def heads_file(data: Path, organization_id: int) -> Path:
    """Where an organization's heads stand: a file of its own, so that it may be given to it whole."""
    return data / "heads" / f"organization-{organization_id}.jsonl"


async def which_database(database: Database) -> str:
    """What tells a database from another one whose heads once stood in the same directory."""
    async with database.system() as connection:
        made_at: datetime = (await connection.execute(_MADE_AT)).scalar_one()
        return made_at.isoformat()


async def write_heads(database: Database, data: Path) -> int:
    """Append today's head of every organization that has none of today yet; returns how many."""
    async with database.system() as connection:
        rows = (await connection.execute(_HEADS)).all()
    stamp = await which_database(database)
    return await asyncio.to_thread(_append, data, rows, stamp, clock.now())


def _append(data: Path, rows: Iterable[sa.Row[Any]], stamp: str, now: datetime) -> int:
    written = 0
    for row in rows:
        path = heads_file(data, row.id)
        newest = read_heads(path, most=1)
        if newest and newest[-1].database == stamp and newest[-1].at.date() >= now.date():
            continue
        line = {
            "at": now.isoformat(),
            "organization": row.name,
            "position": row.position,
            "head": row.head.hex(),
            "sealed_at": row.sealed_at.isoformat(),
            "database": stamp,
        }
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, (json.dumps(line, ensure_ascii=False) + "\n").encode())
            os.fsync(file)
        finally:
            os.close(file)
        written += 1
    return written


def read_heads(path: Path, *, most: int | None = None) -> list[WrittenHead]:
    """The heads written down, oldest first; with `most` only the last ones. None where there is no file.

    Raises InvalidInput for a file that is none of ours.
    """
    try:
        with path.open("rb") as file:
            if most is not None:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                if size > _TAIL_BYTES:
                    file.readline()  # the rest of a line whose beginning is not read
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    # A line that a power cut left half-written is no head.
    heads = [head for line in lines if (head := _head(line, path)) is not None]
    return heads if most is None else heads[-most:]


def _head(line: bytes, path: Path) -> WrittenHead | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    try:
        at = datetime.fromisoformat(said["at"])
        return WrittenHead(at, int(said["position"]), str(said["head"]), str(said.get("database", "")))
    except (KeyError, TypeError, ValueError):
        raise InvalidInput(
            "{path} is no file of heads written down by Textbank. Nothing was checked.", path=path
        ) from None
