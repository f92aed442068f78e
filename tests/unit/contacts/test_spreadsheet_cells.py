"""Cells for spreadsheet programs: no formula of a stranger's, and back again as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.contacts.spreadsheet_cells import guarded, unguarded


@pytest.mark.parametrize(
    "cell",
    ['=HYPERLINK("http://evil.example","Ann")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1+1", " =1+1"],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ann", "O'Neil", "'round", 7, "+1 (415) 555.0101", "-12.5", "a=b"])
def test_names_and_numbers_stay_as_they_are(cell: object) -> None:
    assert guarded(cell) == str(cell)


@given(st.one_of(st.text(), st.text("'=@+-\t\r 1a", max_size=6)))
def test_what_was_guarded_is_read_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == (cell if guarded(cell) != cell else unguarded(cell))
    assert not guarded(cell).startswith(("=", "@", "\t", "\r"))
