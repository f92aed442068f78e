"""Read the tables that staff have, whatever program wrote them, a line at a time.

Encoding and delimiter are found out, not asked for. Quoting is checked strictly and record by record: a
quotation mark that is never closed costs its own line, not the rest of the file, which is what a plain
`csv.reader` would swallow. Nothing here knows what the columns mean.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from textbank.contacts.spreadsheet_cells import unguarded
from textbank.errors import InvalidInput, NotFound
from textbank.language import N_

DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_LINE: Final = 262_144
"""Characters. A longer line is no contact, and would not keep memory flat."""
LONGEST_RECORD: Final = 50
"""Lines of one record: a field may hold a letter, but an open quotation mark must not run to the end."""
_SAMPLE_LINES: Final = 50
_MARKS: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "latin-1"))


@dataclass(frozen=True, slots=True)
class Row:
    """A record: its fields, and the number of its first line in the file, as an editor counts."""

    line: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no record."""

    line: int
    raw: str
    reason: str


Recognise = Callable[[Sequence[str]], int]
"""How many of a header's names mean something; decides between delimiters."""


class Table:
    """An open file: its `header`, then its records by iterating, once. Close it."""

    header: list[str]
    delimiter: str

    def __init__(self, path: Path, recognise: Recognise = len, called: str = "") -> None:
        self._called = called or str(path)
        self.size = _size_of(path)
        self._file = path.open("rb")
        try:
            self._lines = _Lines(_decoded(self._file))
            self._read_header(recognise)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """How far into the file reading has come (it reads a little ahead)."""
        return self._file.tell()

    def __iter__(self) -> Iterator[Row | Unreadable]:
        delimiter, lines, width = self.delimiter, self._lines, len(self.header)
        while (taken := lines.take()) is not None:
            line, text = taken
            if len(text) >= LONGEST_LINE:
                yield Unreadable(line, text[:200], f"is longer than {LONGEST_LINE:,} characters")
            elif '"' not in text:
                fields = text.rstrip("\r\n").split(delimiter)
                if any(fields):
                    yield _row(line, text, fields)
            else:
                record = self._quoted(line, text, width)
                if isinstance(record, Unreadable) or any(record.fields):
                    yield record

    def _quoted(self, line: int, text: str, width: int) -> Row | Unreadable:
        """A record with quotation marks; it may go on over more lines, or else only its first is lost."""
        fields = _split(text, self.delimiter)
        if fields is not None:
            return _row(line, text, fields)
        if _is_open(text, self.delimiter):
            joined = text
            more: list[tuple[int, str]] = []
            while len(more) < LONGEST_RECORD and (taken := self._lines.take()) is not None:
                more.append(taken)
                joined += taken[1]
                fields = _split(joined, self.delimiter)
                if fields is not None and len(fields) == width:
                    return _row(line, joined, fields)
                if len(joined) > LONGEST_LINE or (fields is None and not _is_open(joined, self.delimiter)):
                    break
            self._lines.give_back(more)
        return Unreadable(
            line,
            text.rstrip("\r\n"),
            "has a quotation mark that is not closed, or not doubled inside a field",
        )

    def _read_header(self, recognise: Recognise) -> None:
        sample: list[tuple[int, str]] = []
        while len(sample) < _SAMPLE_LINES and (taken := self._lines.take()) is not None:
            sample.append(taken)
        while sample and not sample[0][1].strip("\r\n \ufeff"):
            del sample[0]
        said = None
        if sample and sample[0][1].lower().startswith("sep=") and len(sample[0][1].rstrip("\r\n")) == 5:
            said = sample.pop(0)[1][4]  # Excel's own way of naming the delimiter
        if not sample:
            raise InvalidInput(N_("{file} is empty. Nothing was imported."), file=self._called)
        self._lines.give_back(sample)
        choices = (said,) if said else DELIMITERS
        self.delimiter = max(choices, key=lambda one: _fitness([text for _, text in sample], one, recognise))
        self.header = [unguarded(name.strip()) for name in self._take_header()]

    def _take_header(self) -> list[str]:
        text = ""
        for _ in range(LONGEST_RECORD):
            taken = self._lines.take()
            if taken is None:
                break
            text += taken[1]
            fields = _split(text, self.delimiter)
            if fields is not None:
                return fields
        raise InvalidInput(
            N_(
                "The first line of {file}, which must name the columns, has a quotation mark that is not "
                "closed. Nothing was imported."
            ),
            file=self._called,
        )


class _Lines:
    """Numbered lines that can be given back. Each keeps its line end."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._back: list[tuple[int, str]] = []
        self._number = 0
        # Bytes that came as Latin-1 are characters one to one, so that a line can be decoded by itself.
        self._by_line = text.encoding == "latin-1"

    def take(self) -> tuple[int, str] | None:
        if self._back:
            return self._back.pop()
        line = self._text.readline(LONGEST_LINE)
        if not line:
            return None
        self._number += 1
        if len(line) >= LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
        if self._by_line and not line.isascii():
            line = _decode(line.encode("latin-1"))
        if "\0" in line:
            line = line.replace("\0", "")  # PostgreSQL's text cannot hold it, and no writing system needs it
        return self._number, line

    def give_back(self, lines: list[tuple[int, str]]) -> None:
        self._back.extend(reversed(lines))


def _decoded(file: BinaryIO) -> io.TextIOWrapper:
    """The file as lines with their own ends: UTF-16 decoded, all else byte by byte for `_decode`."""
    start = file.read(4_096)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InvalidInput(
            N_(
                "This is a workbook, not a CSV file. Nothing was imported. "
                "Open it in the spreadsheet program and save it as CSV (UTF-8)."
            )
        )
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            file.seek(len(mark))
            return io.TextIOWrapper(file, encoding, errors="replace", newline="")
    file.seek(0)
    encoding = "latin-1"
    if len(start) >= 4 and start.count(0) >= len(start) // 3:  # UTF-16 without a mark: every other byte is 0
        encoding = "utf-16-le" if start[1] == 0 else "utf-16-be"
    return io.TextIOWrapper(file, encoding, errors="replace", newline="")


def _decode(line: bytes) -> str:
    """UTF-8 if it is, else Windows-1252; line by line, because pasted files are mixed."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _size_of(path: Path) -> int:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            return size
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}. Nothing was imported.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}). Nothing was imported.") from error


def _row(line: int, text: str, fields: list[str]) -> Row:
    return Row(line, [unguarded(field) for field in fields] if "'" in text else fields)


def _split(text: str, delimiter: str) -> list[str] | None:
    """The fields of one whole record; None if its quotation marks are not in order."""
    try:
        records = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _is_open(text: str, delimiter: str) -> bool:
    """Whether the record ends inside a quoted field, so that the next line may belong to it."""
    try:
        list(csv.reader([text.rstrip("\r\n") + '"'], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _fitness(lines: list[str], delimiter: str, recognise: Recognise) -> tuple[int, int, int]:
    """How well a delimiter suits: names it yields that mean something, rows as wide as the header, width."""
    header = _split(lines[0], delimiter)
    if header is None:
        return (-1, 0, 0)
    alike = sum(len(_split(line, delimiter) or ()) == len(header) for line in lines) if len(header) > 1 else 0
    return (recognise(header), alike, len(header))
