"""The window is open exactly when every clock that the recipient may look at says so."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import typer
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from textbank.cli.window import window
from textbank.contacts.area_codes import STATE_OF_AREA_CODE
from textbank.contacts.place import UNKNOWN, Place, place_of, zip_places
from textbank.messaging.hours import legal_holidays
from textbank.messaging.rule import DEFAULT_RULE, Rule, read_key
from textbank.messaging.state_rules import STATE_RULES
from textbank.messaging.window import NEVER, OVER, current_or_next, evaluate

PLACES = [
    place_of("85001", ""),  # Arizona: no daylight saving time
    place_of("86515", ""),  # the Navajo Nation inside it: with
    place_of("46204", ""),  # Indiana, east
    place_of("46402", ""),  # Indiana, west
    place_of("96813", ""),  # Hawaii
    place_of("99501", ""),  # Alaska
    place_of("99546", ""),  # Adak
    place_of("00901", ""),  # Puerto Rico
    place_of("96910", ""),  # Guam, a day ahead
    place_of("96799", ""),  # American Samoa, a day behind it
    place_of("10001", ""),
    place_of("36867", ""),  # two clocks in one town
    place_of("09096", ""),  # a base in Germany
    place_of(None, "+18505550100"),
    place_of(None, "+19075550100"),
    place_of(None, "+61291234567"),
    place_of(None, "+74951234567"),
    place_of("40202", ""),  # Kentucky: from ten
    place_of("02903", ""),  # Rhode Island: shorter Saturdays, no Sundays, no holidays
    place_of("19103", ""),  # Pennsylvania
    place_of("57701", ""),  # South Dakota, west
    place_of(None, "+14015550100"),  # Rhode Island by area code
    place_of(None, "+18505550100", told="70112"),  # Louisiana, as they told us
    UNKNOWN,
]
# One ZIP code for each state, each territory and each of their zones.
EVERYWHERE = sorted({place.key: place for _, place in zip_places()}.values(), key=lambda place: place.key)
places = st.sampled_from(PLACES)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
# Around the nights in which clocks change in the United States, 2026 to 2028.
CHANGES = [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7), date(2028, 3, 12)]
near_changes = st.builds(
    lambda day, minutes: datetime.combine(day, time(0), UTC) + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-2 * 1440, 3 * 1440),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# The states' rows said again: days from Monday to Friday, Saturdays, Sundays; whether holidays are free.
NO = (24, 24)
ROWS = {
    "AL": ((8, 20), (8, 20), NO, True), "CT": ((9, 20), (9, 20), (9, 20), False),
    "FL": ((8, 20), (8, 20), (8, 20), False), "IL": ((9, 21), (9, 21), (9, 21), False),
    "KY": ((10, 21), (10, 21), (10, 21), False), "LA": ((8, 20), (8, 20), NO, True),
    "MA": ((8, 20), (8, 20), (8, 20), False), "MD": ((8, 20), (8, 20), (8, 20), False),
    "MI": ((9, 21), (9, 21), (9, 21), False), "MN": ((9, 21), (9, 21), (9, 21), False),
    "MS": ((8, 20), (8, 20), NO, True), "NJ": ((8, 20), (8, 20), (8, 20), False),
    "NM": ((9, 21), (9, 21), (9, 21), False), "NV": ((9, 20), (9, 20), (9, 20), False),
    "OK": ((8, 20), (8, 20), (8, 20), True), "OR": ((8, 20), (8, 20), (8, 20), False),
    "PA": ((9, 19), (9, 19), NO, True), "RI": ((9, 18), (10, 17), NO, True),
    "SD": ((9, 21), (9, 21), NO, False), "TN": ((8, 20), (8, 20), (8, 20), False),
    "TX": ((9, 21), (9, 21), (12, 21), False), "UT": ((8, 21), (8, 21), NO, True),
    "WA": ((8, 20), (8, 20), (8, 20), False), "WY": ((8, 20), (8, 20), (8, 20), False),
}  # fmt: skip


def row_agrees(state: str, there: datetime) -> bool:
    weekdays, saturday, sunday, keeps_holidays = ROWS[state]
    opens, closes = (weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday)[there.weekday()]
    free = keeps_holidays and there.date() in legal_holidays(there.year)
    return opens <= there.hour < closes and not free


def clocks_agree(place: Place, at: datetime, rule: Rule = DEFAULT_RULE) -> bool:
    """The rule, said again in the simplest way: look at each clock."""
    for zone in place.zones:
        there = at.astimezone(ZoneInfo(zone))
        opens, closes = time(12) if there.isoweekday() == 7 else time(9), time(20)
        binding = [place.state] if place.state in ROWS else []
        if rule.sells and place == UNKNOWN:
            binding = list(ROWS)
        if rule.lifted:
            opens, closes = rule.lifted
        elif not all(row_agrees(state, there) for state in binding):
            return False
        if not opens <= there.time() < closes:
            return False
        if rule.ends and (there if rule.ends.tzinfo else there.replace(tzinfo=None)) >= rule.ends:
            return False
    return True


hours_of_day = st.integers(8 * 60, 21 * 60).map(lambda minute: time(minute // 60, minute % 60))
lifted_hours = (
    st.tuples(hours_of_day, hours_of_day)
    .filter(lambda span: span[0] < span[1])
    .filter(lambda span: span[0] <= time(9) and span[1] >= time(20))
)
rules = st.builds(Rule, sells=st.booleans()) | st.builds(Rule, lifted=lifted_hours)


@given(places, moments | near_changes)
def test_a_text_may_leave_exactly_when_every_clock_says_so(place: Place, at: datetime) -> None:
    assert evaluate(place, at).may_leave == clocks_agree(place, at)


@given(st.sampled_from(EVERYWHERE), moments | near_changes, rules)
def test_so_it_is_in_every_state_and_territory_by_every_rule(place: Place, at: datetime, rule: Rule) -> None:
    assert evaluate(place, at, rule).may_leave == clocks_agree(place, at, rule)


@given(places, moments | near_changes, rules)
def test_so_it_is_where_several_zones_are_possible(place: Place, at: datetime, rule: Rule) -> None:
    assert evaluate(place, at, rule).may_leave == clocks_agree(place, at, rule)


def test_every_state_and_territory_is_right_at_every_quarter_of_an_hour_around_the_changes() -> None:
    for place in EVERYWHERE:
        for day in CHANGES[:2]:
            at = datetime.combine(day - timedelta(days=1), time(6), UTC)
            for _ in range(4 * 72):
                assert evaluate(place, at).may_leave == clocks_agree(place, at), (place.key, at)
                at += timedelta(minutes=15)


def test_every_state_the_district_and_the_territories_are_among_the_places() -> None:
    states = {place.state for place in EVERYWHERE}
    assert len(states & (set(STATE_OF_AREA_CODE.values()) | {"DC"})) >= 56
    assert {"PR", "GU", "VI", "AS", "MP", "DC", "AZ", "HI"} <= states
    assert set(STATE_RULES) == set(ROWS)


@given(places, moments | near_changes, st.booleans())
def test_some_window_opens_within_five_days_whatever_is_sold_and_wherever(
    place: Place, at: datetime, sells: bool
) -> None:
    opens, closes = current_or_next(place, at, Rule(sells=sells))
    assert opens < closes
    assert opens - at < timedelta(days=5)


@given(
    places,
    moments | near_changes,
    st.integers(-2 * 1440, 3 * 1440),
    st.booleans(),
)
def test_nothing_leaves_from_the_last_moment_on(
    place: Place, at: datetime, minutes: int, everywhere_at_once: bool
) -> None:
    moment = at.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    rule = Rule(ends=moment if everywhere_at_once else moment.replace(tzinfo=None))
    assert evaluate(place, at, rule).may_leave == clocks_agree(place, at, rule)
    opens, closes = current_or_next(place, at, rule)
    last = rule.last_moment_at(place)
    assert last is not None
    assert (opens, closes) == OVER or (opens < closes <= last and at < closes)
    assert current_or_next(place, last, rule) == OVER


def test_polls_that_close_at_eight_close_at_each_places_own_eight() -> None:
    rule = Rule(ends=datetime(2026, 11, 3, 20))  # noqa: DTZ001 - by the clock of each place
    assert rule.last_moment_at(place_of("10001", "")) == utc(2026, 11, 4, 1)
    assert rule.last_moment_at(place_of("96813", "")) == utc(2026, 11, 4, 6)
    assert rule.last_moment_at(place_of(None, "+18505550100")) == utc(2026, 11, 4, 1)  # the first of two
    state = evaluate(place_of("96813", ""), utc(2026, 11, 4, 7), rule)
    assert (state.may_leave, state.opens_at) == (False, None)


@given(st.sampled_from(EVERYWHERE) | places, rules, st.none() | moments, st.booleans())
def test_a_windows_key_leads_back_to_its_rule_and_place(
    place: Place, rule: Rule, ends: datetime | None, local: bool
) -> None:
    rule = replace(rule, ends=ends.replace(tzinfo=None) if ends and local else ends)
    assert read_key(rule.prefix + place.key) == (rule, place)
    assert (rule.prefix == "") == (rule == DEFAULT_RULE)


def test_a_rule_that_nobody_can_read_lets_nothing_leave() -> None:
    for key in ("rubbish@NY/America/New_York", "hours=9@/", "ends=soon@NY/America/New_York"):
        rule, place = read_key(key)
        assert current_or_next(place, utc(2027, 1, 1), rule) == OVER


def test_the_legal_holidays_of_two_years() -> None:
    assert sorted(day.isoformat()[5:] for day in legal_holidays(2027)) == [
        "01-01", "01-18", "02-15", "05-31", "06-18", "06-19", "07-04", "07-05", "09-06", "10-11", "11-11",
        "11-25", "12-24", "12-25", "12-31",
    ]  # fmt: skip
    assert date(2026, 7, 3) in legal_holidays(2026)
    assert date(2026, 5, 25) in legal_holidays(2026)


@pytest.mark.parametrize(
    ("zip_code", "opens", "closes"),
    [
        ("40202", utc(2027, 1, 15, 15), utc(2027, 1, 16, 1)),  # Louisville, from ten
        ("02903", utc(2027, 1, 16, 15), utc(2027, 1, 16, 22)),  # Providence on a Saturday
        ("02903", utc(2027, 1, 19, 14), utc(2027, 1, 19, 23)),  # after a Sunday and a holiday
        ("70112", utc(2027, 1, 19, 15), utc(2027, 1, 20, 2)),  # New Orleans, the same
    ],
)
def test_a_states_row_narrows_the_default(zip_code: str, opens: datetime, closes: datetime) -> None:
    place = place_of(zip_code, "")
    assert current_or_next(place, opens) == (opens, closes)
    assert current_or_next(place, opens - timedelta(minutes=1)) == (opens, closes)


def test_a_state_is_known_by_its_area_code_too() -> None:
    by_zip, by_number = place_of("40202", ""), place_of(None, "+15025550100")
    assert current_or_next(by_number, utc(2027, 1, 15)) == current_or_next(by_zip, utc(2027, 1, 15))


def test_who_may_be_anywhere_is_sold_nothing_that_any_states_row_forbids() -> None:
    # By the clock of Rhode Island until six, by that of Hawaii from ten.
    window = utc(2027, 1, 15, 20), utc(2027, 1, 15, 23)
    assert current_or_next(UNKNOWN, utc(2027, 1, 15), Rule(sells=True)) == window


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


def test_an_admin_may_set_other_hours() -> None:
    short = Rule(lifted=(time(10), time(18, 30)))
    assert current_or_next(place_of("10001", ""), utc(2027, 1, 15), short)[1] == utc(2027, 1, 15, 23, 30)
    late = Rule(lifted=(time(6), time(23)))  # never past the federal hours
    assert current_or_next(place_of("10001", ""), utc(2027, 1, 15, 12), late) == (
        utc(2027, 1, 15, 13), utc(2027, 1, 16, 2)
    )  # fmt: skip


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
