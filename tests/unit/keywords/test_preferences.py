"""The grammar of choices by text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.inbound.leave_by_text import is_full_stop
from textbank.keywords.preferences import (
    LONGEST_REST_DAYS,
    RESERVED,
    REST_DAYS,
    Preference,
    named_after_stop,
    read_preference,
)
from textbank.sms.classify import classify

UNITS = {"day": 1, "days": 1, "weeks": 7, "week": 7, "months": 30, "dias": 1, "semanas": 7, "meses": 30}


@pytest.mark.parametrize(
    ("body", "days"),
    [
        ("PAUSE", REST_DAYS),
        ("pause 2 weeks", 14),
        ("Pause for two weeks, please", 14),
        ("pause 10d", 10),
        ("Pausa 2 semanas", 14),
        ("pausa por un mes", 30),
        ("PAUSAR 3 DÍAS", 3),
        ("pause week", 7),
        ("pause 9999 years", LONGEST_REST_DAYS),
        ("pause a month!", 30),
    ],
)
def test_breaks(body: str, days: int) -> None:
    chosen = read_preference(body)
    assert chosen is not None
    assert (chosen.choice, chosen.days) == ("rest", days)


@pytest.mark.parametrize(
    "body",
    [
        "pause 0 days",
        "pause the video",
        "pause 2",
        "less rent please",
        "a list of demands",
        "",
        "pausa -3 dias x",
    ],
)
def test_what_is_no_choice(body: str) -> None:
    assert read_preference(body) is None


@given(
    count=st.integers(1, 99_999),
    unit=st.sampled_from(sorted(UNITS)),
    word=st.sampled_from(["PAUSE", "pausa"]),
)
def test_every_span_is_heeded_within_bounds(count: int, unit: str, word: str) -> None:
    chosen = read_preference(f"{word} {count} {unit}")
    if count > 9_999:
        assert chosen is None
    else:
        assert chosen == Preference(
            "rest", "en" if word == "PAUSE" else "es", min(count * UNITS[unit], LONGEST_REST_DAYS)
        )


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_a_break_is_bounded(body: str) -> None:
    chosen = read_preference(body)
    assert chosen is None or 0 <= chosen.days <= LONGEST_REST_DAYS
    named_after_stop(body)


@given(
    st.sampled_from(["STOP", "stop", "Stop"]),
    st.text(alphabet="bcdfghjkmnpqrvwxz", min_size=3, max_size=12),
    st.sampled_from(["", "!", ".", " please"]),
)
def test_stop_and_a_word_that_means_nothing_is_a_full_stop(stop: str, word: str, end: str) -> None:
    body = f"{stop} {word}{end}"
    meaning = classify(body)
    assert meaning.kind == "stop" or is_full_stop(body, meaning)


def test_no_reserved_word_of_choices_means_anything_else() -> None:
    """But REANUDAR, which is START to somebody opted out and ends a break for everybody else."""
    assert {classify(word).kind for word in RESERVED} <= {"none", "start"}
