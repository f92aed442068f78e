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
from typing import Final

from textbank import clock, installation
from textbank.consent.verify import WrittenHead
from textbank.database import Database
from textbank.errors import InvalidInput
from textbank.installation import LedgerHead

LINES_SHOWN: Final = 60
_TAIL_BYTES: Final = 64 * 1024


def heads_file(data: Path, organization_id: int) -> Path:
    """Where an organization's heads stand: a file of its own, so that it may be given to it whole."""
    return data / "heads" / f"organization-{organization_id}.jsonl"


async def write_heads(database: Database, data: Path) -> int:
    """Append today's head of every organization that has none of today yet; returns how many."""
    heads = await installation.ledger_heads(database)
    stamp = await installation.made_at(database)
    return await asyncio.to_thread(_append, data, heads, stamp.isoformat(), clock.now())


def _append(data: Path, heads: Iterable[LedgerHead], stamp: str, now: datetime) -> int:
    written = 0
    for one in heads:
        path = heads_file(data, one.organization_id)
        newest = read_heads(path, most=1)
        if newest and newest[-1].database == stamp and newest[-1].at.date() >= now.date():
            continue
        line = {
            "at": now.isoformat(),
            "organization": one.organization,
            "position": one.position,
            "head": one.head.hex(),
            "sealed_at": one.sealed_at.isoformat(),
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
