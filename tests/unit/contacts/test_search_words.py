"""What is typed to find somebody is understood in any form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.contacts.map_columns import NAMES, columns_from, guess_columns
from textbank.contacts.search_words import MOST_WORDS, understand


@pytest.mark.parametrize(
    "typed",
    ["(415) 555-0101", "415.555.0101", "4155550101", "+1 415 555 0101", "1-415-555-0101", " 14155550101 "],
)
def test_a_number_is_the_same_however_it_is_typed(typed: str) -> None:
    assert understand(typed).kind == "number"
    assert understand(typed).begins == "+14155550101"


@pytest.mark.parametrize(
    ("typed", "kind", "begins"),
    [
        ("", "nothing", ""),
        (" , ", "nothing", ""),
        ("415 55", "number", "+141555"),
        ("1415", "number", "+1415"),
        ("+44 20", "number", "+4420"),
        ("12", "name", "12"),
        ("Ana@x", "email", "Ana@x"),
        ("Ruiz,  Ana", "name", "Ruiz Ana"),
        ("O'Neil", "name", "O'Neil"),
    ],
)
def test_the_beginning_of_anything_is_enough(typed: str, kind: str, begins: str) -> None:
    wanted = understand(typed)
    assert (wanted.kind, wanted.begins) == (kind, begins)


def test_a_name_may_stand_in_either_order_and_have_several_words() -> None:
    assert understand("Ana García López").splits == (("Ana", "García López"), ("Ana García", "López"))


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_it(typed: str) -> None:
    wanted = understand(typed)
    assert "\0" not in wanted.begins
    assert len(wanted.splits) < MOST_WORDS
    assert (wanted.kind == "nothing") == (not wanted.begins)


header = st.lists(
    st.sampled_from(["Cell", "HomePhone", "First Name", "Zip", "VANID", "Precinct", "", "Cell", "Email"]),
    min_size=1,
    max_size=9,
)


@given(header)
def test_every_column_of_a_guess_is_used_once_or_kept_as_a_field(names: list[str]) -> None:
    chosen = guess_columns(names)
    assert set(chosen) <= set(NAMES)
    if "phone" not in chosen:
        return
    columns = columns_from(names, chosen)
    known = list(columns.known.values())
    kept = [index for index, _ in columns.fields]
    phones = [phone.index for phone in columns.phones]
    assert len(known) == len(set(known))
    assert not set(known) & set(kept)
    assert set(known) | set(kept) | set(phones) == set(range(len(names)))
    assert len({name for _, name in columns.fields}) == len(columns.fields)
