"""The window is open exactly when every clock that the recipient may look at says so."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import typer
from hypothesis import example, given
from typer.testing import CliRunner

from tests.unit.window.clocks import (
    ROWS,
    clocks_agree,
    moments,
    near_changes,
    places,
    utc,
)
from textbank.cli.window import window
from textbank.contacts.place import UNKNOWN, Place, place_of
from textbank.messaging.window import NEVER, current_or_next, evaluate


@given(places, moments | near_changes)
def test_a_text_may_leave_exactly_when_every_clock_says_so(place: Place, at: datetime) -> None:
    assert evaluate(place, at).may_leave == clocks_agree(place, at)


@given(places, moments | near_changes)
def test_it_names_the_very_moment_at_which_the_answer_changes(place: Place, at: datetime) -> None:
    state = evaluate(place, at)
    changes = state.until or state.opens_at
    assert changes is not None
    assert changes > at
    assert (state.until is None) != (state.opens_at is None)
    assert clocks_agree(place, changes) != state.may_leave
    assert clocks_agree(place, changes - timedelta(microseconds=1)) == state.may_leave
    quarter = timedelta(minutes=15)
    steps = min(int((changes - at) / quarter), 400)
    assert all(clocks_agree(place, at + step * quarter) == state.may_leave for step in range(steps))


@given(places, moments | near_changes)
def test_windows_follow_each_other_without_overlap_within_five_days(place: Place, at: datetime) -> None:
    opens, closes = current_or_next(place, at)
    next_opens, next_closes = current_or_next(place, closes)
    assert opens < closes < next_opens < next_closes
    assert closes > at
    assert next_opens - closes < timedelta(days=5)


@example(place_of("10001", ""), datetime(2027, 3, 13, 17, tzinfo=UTC))
@given(places, near_changes)
def test_a_day_on_which_clocks_change_has_its_whole_window(place: Place, at: datetime) -> None:
    if len(place.zones) == 1 and place.state not in ROWS:
        opens, closes = current_or_next(place, at)
        sunday = opens.astimezone(ZoneInfo(place.zones[0])).isoweekday() == 7
        assert closes - opens == timedelta(hours=8 if sunday else 11)


@pytest.mark.parametrize(
    ("place", "opens", "closes"),
    [
        # Friday, winter and summer. Phoenix stays at UTC-7; New York moves.
        (place_of("85001", ""), utc(2027, 1, 15, 16), utc(2027, 1, 16, 3)),
        (place_of("85001", ""), utc(2027, 7, 2, 16), utc(2027, 7, 3, 3)),
        (place_of("86515", ""), utc(2027, 7, 2, 15), utc(2027, 7, 3, 2)),
        (place_of("10001", ""), utc(2027, 1, 15, 14), utc(2027, 1, 16, 1)),
        (place_of("10001", ""), utc(2027, 7, 2, 13), utc(2027, 7, 3, 0)),
        # Of the fifty states any: 14:00 to 20:00 Eastern in winter, 15:00 to 20:00 in summer.
        (UNKNOWN, utc(2027, 1, 15, 19), utc(2027, 1, 16, 1)),
        (UNKNOWN, utc(2027, 7, 2, 19), utc(2027, 7, 3, 0)),
        # Sundays from noon; the clocks of New York went forward that night.
        (place_of("10001", ""), utc(2027, 3, 14, 16), utc(2027, 3, 15, 0)),
        (place_of("10001", ""), utc(2027, 11, 7, 17), utc(2027, 11, 8, 1)),
    ],
)
def test_days_worked_out_by_hand(place: Place, opens: datetime, closes: datetime) -> None:
    assert current_or_next(place, opens) == (opens, closes)
    assert current_or_next(place, opens - timedelta(hours=2)) == (opens, closes)


def test_zones_whose_days_never_meet_have_no_window_and_cause_no_endless_search() -> None:
    nowhere = Place(("America/New_York", "Asia/Bangkok"), None, "area_code")
    assert current_or_next(nowhere, utc(2027, 1, 1)) == (NEVER, NEVER)


def test_for_a_year_in_new_york_it_is_open_eleven_hours_a_day_and_eight_on_sundays() -> None:
    at, spans = utc(2027, 1, 1, 5), []
    while at < utc(2028, 1, 1):
        opens, at = current_or_next(place_of("10001", ""), at)
        spans.append((opens, at))
    assert len(spans) == 365
    assert all(a[1] < b[0] for a, b in pairwise(spans))
    assert sum(((c - o) for o, c in spans), timedelta()) == timedelta(hours=11 * 313 + 8 * 52)


APP = typer.Typer()
APP.command()(window)


def ask(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(APP, list(arguments))
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_the_command_prints_the_state_as_json() -> None:
    rule = "09:00 to 20:00 at the recipient's place, Sundays from 12:00"
    assert ask("--zip", "85001", "--at", "2027-07-01T15:30:00Z") == {
        "may_leave": False,
        "until": None,
        "opens_at": "2027-07-01T16:00:00Z",
        "zone": "America/Phoenix",
        "evidence": "zip",
        "rule": rule,
    }
    assert ask("--zip", "85001", "--at", "2027-07-01T12:30:00-04:00") == {
        "may_leave": True,
        "until": "2027-07-02T03:00:00Z",
        "opens_at": None,
        "zone": "America/Phoenix",
        "evidence": "zip",
        "rule": rule,
    }
    kentucky = ask("--zip", "40202", "--at", "2027-01-15T14:30:00Z")
    assert kentucky["opens_at"] == "2027-01-15T15:00:00Z"
    assert "KY: 10:00 to 21:00" in str(kentucky["rule"])
    assert "binds solicitation, confidence medium" in str(kentucky["rule"])
    sold = ask("--at", "2027-01-15T14:30:00Z", "--sells")
    assert sold["opens_at"] == "2027-01-15T20:00:00Z"
    assert ask("--number", "+18505550100", "--at", "2027-07-01T15:30:00Z")["evidence"] == "area_code"
    assert ask("--at", "2027-07-01T15:30:00Z")["evidence"] == "unknown"


@pytest.mark.parametrize(
    "arguments",
    [("--zip", "abc"), ("--at", "soon"), ("--at", "2027-07-01T15:30:00")],
)
def test_the_command_refuses_what_it_cannot_read(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(APP, list(arguments))
    assert result.exit_code == 2
