"""States' rows, hours that an admin lifted, and last moments: at every place, and by every clock there."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.window.clocks import (
    CHANGES,
    EVERYWHERE,
    ROWS,
    clocks_agree,
    moments,
    near_changes,
    places,
    rules,
    utc,
)
from textbank.contacts.area_codes import STATE_OF_AREA_CODE
from textbank.contacts.place import UNKNOWN, Place, place_of
from textbank.messaging.hours import legal_holidays
from textbank.messaging.rule import DEFAULT_RULE, Rule, read_key
from textbank.messaging.state_rules import STATE_RULES
from textbank.messaging.window import OVER, current_or_next, evaluate


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


def test_an_admin_may_set_other_hours() -> None:
    short = Rule(lifted=(time(10), time(18, 30)))
    assert current_or_next(place_of("10001", ""), utc(2027, 1, 15), short)[1] == utc(2027, 1, 15, 23, 30)
    late = Rule(lifted=(time(6), time(23)))  # never past the federal hours
    assert current_or_next(place_of("10001", ""), utc(2027, 1, 15, 12), late) == (
        utc(2027, 1, 15, 13), utc(2027, 1, 16, 2)
    )  # fmt: skip
