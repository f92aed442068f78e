"""Keep an uploaded file in the database, and look at how it begins."""

import json
import re
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.import_models import ContactImport
from textbank.contacts.map_columns import guess_columns, recognised
from textbank.contacts.read_csv import Row, Table
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

MOST_BYTES: Final = 200_000_000
CHUNK: Final = 1_000_000
SHOWN_ROWS: Final = 5
MOST_COLUMNS: Final = 400
_LONGEST_CELL: Final = 80
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

_KEEP = sa.text(
    "insert into import_chunk (organization_id, import_id, position, data) "
    "values (:organization, :import, :position, :data)"
)
_SIZE = sa.text(
    "update contact_import set size = :size where organization_id = :organization and id = :import"
)
_COLUMNS = sa.text(
    "update contact_import set columns = cast(:columns as jsonb) "
    "where organization_id = :organization and id = :import"
)
_CHUNK = sa.text(
    "select data from import_chunk "
    "where organization_id = :organization and import_id = :import and position = :position"
)
# Files that nobody went on with; one upload clears away a few of them.
_FORGET = sa.text(
    """
    with old as (
      update contact_import set state = 'failed', failure = 'forgotten', finished_at = now()
      where organization_id = :organization and id in (
        select id from contact_import where organization_id = :organization
          and state in ('draft', 'checked') and created_at < now() - interval '7 days'
        order by id limit 20)
      returning id)
    delete from import_chunk where organization_id = :organization and import_id in (select id from old)
    """
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a file begins."""

    header: list[str]
    rows: list[list[str]]


async def keep_upload(
    session: AsyncSession, organization_id: int, member_id: int, file_name: str, pieces: AsyncIterator[bytes]
) -> int:
    """Store a file and what its columns seem to be; returns the import's id. Raises InvalidInput."""
    await session.execute(_FORGET, {"organization": organization_id})
    made = ContactImport(
        organization_id=organization_id, member_id=member_id, file_name=_plain_name(file_name), size=0
    )
    session.add(made)
    await session.flush()
    key = {"organization": organization_id, "import": made.id}
    size = position = 0
    first = b""
    async for piece in pieces:
        if not piece:
            continue
        size += len(piece)
        if size > MOST_BYTES:
            raise InvalidInput(too_large())
        if position == 0:
            first = piece
        await session.execute(_KEEP, key | {"position": position, "data": piece})
        position += 1
    beginning = read_beginning(first, made.file_name)
    columns = {"header": beginning.header, "chosen": guess_columns(beginning.header)}
    await session.execute(_SIZE, key | {"size": size})
    await session.execute(_COLUMNS, key | {"columns": json.dumps(columns, ensure_ascii=False)})
    return made.id


def too_large() -> str:
    """What is said of a file over the limit."""
    return N_("The file is larger than 200 MB. Nothing was imported. Split it, or import it on the server.")


async def beginning_of(session: AsyncSession, one: ContactImport) -> Beginning:
    """The first rows, for showing them."""
    key = {"organization": one.organization_id, "import": one.id, "position": 0}
    data = await session.scalar(_CHUNK, key)
    if data is None:
        raise NotFound(N_("The file of this import is gone. Upload it again."))
    return read_beginning(data, one.file_name)


def read_beginning(data: bytes, name: str) -> Beginning:
    """Header and first rows. Raises InvalidInput where it is no table."""
    with tempfile.TemporaryDirectory(prefix="textbank-") as directory:
        path = Path(directory) / "beginning"
        path.write_bytes(data)
        with Table(path, recognised, called=name) as table:
            rows = [row.fields for row in islice(table, 4 * SHOWN_ROWS) if isinstance(row, Row)]
            header = table.header
    first = "".join("".join(cells) for cells in (header, *rows))
    if _UNPRINTABLE.search("".join(header)) or len(_UNPRINTABLE.findall(first)) > SHOWN_ROWS:
        raise InvalidInput(
            N_("{file} is not a table of text. Nothing was imported. Save your list as CSV (UTF-8)."),
            file=name,
        )
    if len(header) > MOST_COLUMNS:
        raise InvalidInput(
            N_("{file} has more than 400 columns. Nothing was imported. Leave out those you do not need."),
            file=name,
        )
    shown = [[cell[:_LONGEST_CELL] for cell in row[: len(header)]] for row in rows[:SHOWN_ROWS]]
    return Beginning(header, [row + [""] * (len(header) - len(row)) for row in shown])


def _plain_name(given: str) -> str:
    name = given.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-120:].strip() or "file.csv"
