"""Tables as staff have them: encodings, delimiters, quoting, and lines that are no records."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textbank.contacts.map_columns import recognised
from textbank.contacts.read_csv import LONGEST_LINE, Row, Table, Unreadable
from textbank.contacts.spreadsheet_cells import unguarded
from textbank.errors import InvalidInput, NotFound

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
# Letters that no two of them in Windows-1252 look like UTF-8, which nobody could tell apart.
LETTERS = "aZ9 .,;|\t'\"-éñüÜ\n"

cells = st.text(LETTERS, max_size=12)


def written(
    rows: list[list[str]], delimiter: str = ",", line_end: str = "\r\n", quote_all: bool = False
) -> str:
    out = io.StringIO()
    style = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=style).writerows(rows)
    return out.getvalue()


def read(path: Path) -> tuple[list[str], list[Row | Unreadable]]:
    with Table(path, recognised) as table:
        return table.header, list(table)


def read_bytes(directory: Path, data: bytes) -> tuple[list[str], list[Row | Unreadable]]:
    path = directory / "contacts.csv"
    path.write_bytes(data)
    return read(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.integers(10**9, 10**10 - 1), cells, cells, cells), max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(ENCODINGS),
    line_end=st.sampled_from(("\n", "\r\n")),
    quote_all=st.booleans(),
)
def test_what_any_program_writes_is_read_back_the_same(
    tmp_path: Path,
    rows: list[tuple[int, str, str, str]],
    delimiter: str,
    encoding: str,
    line_end: str,
    quote_all: bool,
) -> None:
    table = [["Phone", "First name", "Last name", "Notes"], *([str(n), a, b, c] for n, a, b, c in rows)]
    header, records = read_bytes(
        tmp_path, written(table, delimiter, line_end, quote_all).encode(encoding, "strict")
    )
    meant = [[unguarded(cell) for cell in row] for row in table]
    assert [header, *(record.fields for record in records if isinstance(record, Row))] == meant


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bad=st.sampled_from(['"Ann,', 'x,"Ann "Bo" Lee",', '"', '"Ann" Lee,4155550100', "ÿþ,,,,,,,"]),
    at=st.integers(0, 20),
)
def test_a_bad_line_never_costs_a_good_one(tmp_path: Path, bad: str, at: int) -> None:
    good = [f"41555501{number:02d},Name {number}" for number in range(20)]
    lines = ["phone,name", *good[:at], bad, *good[at:]]
    _, records = read_bytes(tmp_path, "\n".join(lines).encode())
    kept = {tuple(record.fields) for record in records if isinstance(record, Row)}
    assert kept >= {tuple(line.split(",")) for line in good}


def test_an_open_quotation_mark_costs_its_line_and_says_so(tmp_path: Path) -> None:
    _, records = read_bytes(tmp_path, b'phone,name\n4155550100,"Ann\n4155550101,Bo\n4155550102,"Lee, C"\n')
    assert [(type(record), record.line) for record in records] == [(Unreadable, 2), (Row, 3), (Row, 4)]
    assert "quotation mark" in records[0].reason  # type: ignore[union-attr]


def test_a_field_may_have_several_lines_and_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    _, records = read_bytes(tmp_path, b'phone,notes\n4155550100,"one\ntwo"\n\n4155550101,x\n')
    assert records == [Row(2, ["4155550100", "one\ntwo"]), Row(5, ["4155550101", "x"])]


def test_a_file_of_mixed_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    data = "phone,name\n1,José\n".encode() + "2,Núñez\n".encode("cp1252")
    _, records = read_bytes(tmp_path, data)
    assert [record.fields[1] for record in records if isinstance(record, Row)] == ["José", "Núñez"]


def test_old_line_ends_empty_rows_and_excels_first_line_are_understood(tmp_path: Path) -> None:
    header, records = read_bytes(tmp_path, b"sep=;\r\nphone;name\r\n1;Ann\r\n;\r\n\r\n2;Bo")
    assert header == ["phone", "name"]
    assert [record.fields for record in records if isinstance(record, Row)] == [["1", "Ann"], ["2", "Bo"]]
    _, records = read_bytes(tmp_path, b"phone,name\r1,Ann\r2,Bo\r")
    assert len(records) == 2


def test_commas_in_names_do_not_make_a_tab_separated_file_a_comma_separated_one(tmp_path: Path) -> None:
    header, _ = read_bytes(tmp_path, b"Last, First, Middle\tPhone\nLee, Ann, B\t4155550100\n")
    assert header == ["Last, First, Middle", "Phone"]


def test_a_line_without_end_is_reported_and_the_next_one_read(tmp_path: Path) -> None:
    data = b"phone\n" + b"x" * (3 * LONGEST_LINE) + b"\n4155550100\n"
    _, records = read_bytes(tmp_path, data)
    assert isinstance(records[0], Unreadable)
    assert records[1] == Row(3, ["4155550100"])


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"PK\x03\x04...", "workbook"), (b"\n\n", "empty")]
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_bytes(tmp_path, data)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        read(tmp_path / "nothing.csv")


def test_nothing_that_postgresql_cannot_hold_comes_through(tmp_path: Path) -> None:
    _, records = read_bytes(tmp_path, b"phone,name\n1,A\0nn\n")
    assert records == [Row(2, ["1", "Ann"])]
