"""The report of an import: every row that was not taken, with its line, the reason and itself.

It is a CSV file with the columns of the original, so that staff correct it and import it as it is.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

from textbank.contacts.map_columns import OURS
from textbank.contacts.read_contacts import NotTaken
from textbank.contacts.spreadsheet_cells import guarded
from textbank.errors import InvalidInput


class NotTakenReport:
    """Open while the import runs; a report without a row is removed at the end."""

    def __init__(self, file: Path, report: Path | None, header: Sequence[str]) -> None:
        self._path = report or file.with_name(f"{file.name}.not-taken.csv")
        self._header = list(header)
        self._rows = 0
        if self._path.exists() and self._path.samefile(file):
            raise InvalidInput(
                f"The report would overwrite {file} itself. Nothing was imported. Name another file."
            )
        try:
            # With its mark: without it, Excel reads UTF-8 as Windows-1252.
            self._file: TextIO = self._path.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            raise InvalidInput(
                f"The report of rows not taken cannot be written to {self._path} ({error.strerror}). Nothing "
                "was imported. Say where it should go with --report FILE.csv."
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow(
            [*map(guarded, self._header), f"{OURS}line", f"{OURS}reason", f"{OURS}as written"]
        )

    @property
    def written(self) -> Path | None:
        """Where the report is, if it has rows."""
        return self._path if self._rows else None

    def add(self, rows: Iterable[NotTaken]) -> None:
        """Append rows that were not taken."""
        width = len(self._header)
        for row in rows:
            self._rows += 1
            fields = row.fields[:width] + [""] * (width - len(row.fields))
            self._writer.writerow(map(guarded, (*fields, row.line, row.reason, row.raw)))

    def __enter__(self) -> "NotTakenReport":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self._rows:
            self._path.unlink()
