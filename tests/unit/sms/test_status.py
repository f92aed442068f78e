"""Statuses move forward only, whatever order they arrive in."""

import itertools
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.sms.status import ADVANCES_SQL, ENDED_HERE, RANK, TERMINAL, advances

STATUSES = st.sampled_from(sorted(RANK))


def final(statuses: list[str]) -> str | None:
    current: str | None = None
    for status in statuses:
        if advances(current, status):
            current = status
    return current


@given(st.lists(STATUSES, max_size=12))
def test_a_status_never_goes_back(statuses: list[str]) -> None:
    current: str | None = None
    for status in statuses:
        if advances(current, status):
            assert current is None or RANK[status] > RANK[current]
            current = status


@given(st.lists(STATUSES, max_size=8), STATUSES)
def test_hearing_a_status_again_changes_nothing(statuses: list[str], again: str) -> None:
    assert final([*statuses, again, again]) == final([*statuses, again])


@given(
    st.permutations(["accepted", "queued", "sending", "sent"]),
    st.sampled_from(sorted(TERMINAL)),
    st.integers(0, 4),
)
def test_one_terminal_status_wins_wherever_it_arrives(order: list[str], end: str, place: int) -> None:
    assert final([*order[:place], end, *order[place:]]) == end


@given(st.lists(st.sampled_from(["sent", "undelivered", "delivered"]), min_size=1, max_size=8))
def test_delivered_beats_undelivered_in_either_order(statuses: list[str]) -> None:
    if "delivered" in statuses:
        assert final(statuses) == "delivered"
    elif "undelivered" in statuses:
        assert final(statuses) == "undelivered"


@pytest.mark.parametrize("first", sorted(TERMINAL - {"undelivered"}))
def test_nothing_overwrites_another_terminal_status(first: str) -> None:
    assert not any(advances(first, status) for status in RANK)


def test_accepted_and_scheduled_are_level() -> None:
    assert not advances("accepted", "scheduled")
    assert not advances("scheduled", "accepted")
    assert advances(None, "scheduled")


def test_a_status_nobody_knows_never_counts() -> None:
    assert not advances(None, "teleported")
    assert not advances("queued", "teleported")
    assert advances("teleported", "queued")


def test_what_ended_here_is_terminal() -> None:
    assert ENDED_HERE < TERMINAL


def test_the_rule_in_sql_is_the_same_rule() -> None:
    """On SQLite, whose CASE, comparisons and boolean values agree with PostgreSQL's here."""
    database = sqlite3.connect(":memory:")
    statement = (
        f"SELECT {ADVANCES_SQL} FROM"  # noqa: S608
        " (SELECT ? AS rank, ? AS status) AS delivery, (SELECT ? AS rank, ? AS status) AS excluded"
    )
    for current, new in itertools.product(RANK, repeat=2):
        (theirs,) = database.execute(statement, (RANK[current], current, RANK[new], new)).fetchone()
        assert bool(theirs) == advances(current, new), (current, new)
    database.close()
