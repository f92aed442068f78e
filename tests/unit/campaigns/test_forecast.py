"""A forecast's end is where a run ends that is played second by second."""

from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textbank.campaigns.forecast import Forecast, foresee
from textbank.campaigns.pace_of_senders import PaceOfSenders
from textbank.contacts.place import UNKNOWN, place_of
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.rule import Rule, read_key
from textbank.messaging.window import NEVER, current_or_next

NEW_YORK, PHOENIX, HONOLULU = "NY/America/New_York", "AZ/America/Phoenix", "HI/Pacific/Honolulu"
KEYS = [NEW_YORK, PHOENIX, HONOLULU, "RI/America/New_York", "KY?/America/New_York", UNKNOWN.key]
PACIFIC = ZoneInfo("America/Los_Angeles")
START = datetime(2027, 3, 12, 15, tzinfo=UTC)  # a Friday; the clocks change on Sunday
STEP = timedelta(seconds=60)


def played(waiting: dict[str, int], pace: PaceOfSenders, at: datetime) -> datetime | None:
    """The same as claims do it: tokens come each minute, and open places take turns, one text at a time."""
    left = dict(waiting)
    read = {key: read_key(key) for key in left}
    windows = dict.fromkeys(left, (NEVER, at))
    last, tokens, room, day = None, 0.0, pace.room_today, at.astimezone(PACIFIC).date()
    turns = deque(left)
    while left:
        for key in list(left):
            if windows[key][1] <= at:
                rule, place = read[key]
                opens, closes = current_or_next(place, at + FEEDING_ENDS, rule)
                windows[key] = opens, closes - FEEDING_ENDS
                if opens == NEVER:
                    del left[key]
        if at.astimezone(PACIFIC).date() != day:
            room, day = pace.a_day or 0.0, at.astimezone(PACIFIC).date()
        going = [key for key in turns if key in left and windows[key][0] <= at]
        tokens = min(tokens + pace.a_second * 60, pace.a_second * 60) if going else 0.0
        for turn in count():
            going = [key for key in going if key in left]
            if not going or tokens < 1 or (pace.a_day is not None and room < 1):
                break
            key = going[turn % len(going)]
            tokens, room, left[key] = tokens - 1, room - 1, left[key] - 1
            last = at
            if not left[key]:
                del left[key]
        turns.rotate(1)
        at += STEP
    return last


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from(KEYS), st.integers(1, 2_000), min_size=1),
    st.sampled_from([0.05, 0.2, 1.0]),
    st.none() | st.integers(200, 1_500),
    st.integers(0, 72),
)
def test_its_end_is_within_a_twentieth_of_a_run_that_is_played(
    waiting: dict[str, int], a_second: float, a_day: int | None, hours: int
) -> None:
    at = START + timedelta(hours=hours)
    pace = PaceOfSenders(a_second, a_day, (a_day or 0) / 2)
    end = played(waiting, pace, at)
    assert end is not None
    # A few texts more or less decide whether the last one goes today or tomorrow: the end is held between
    # the forecasts for a fiftieth less and a fiftieth more.
    soonest, latest = (
        foresee({key: texts * factor for key, texts in waiting.items()}, pace, at).last_at
        for factor in (0.98, 1.02)
    )
    assert soonest is not None
    assert latest is not None
    slack = (end - at) * 0.03 + 3 * STEP
    assert soonest - slack <= end <= latest + slack


@pytest.mark.parametrize("texts", [1, 100, 5_000])
def test_the_end_is_met_where_no_night_is_near(texts: int) -> None:
    at, pace = datetime(2027, 3, 12, 15, tzinfo=UTC), PaceOfSenders(1.0)
    end = foresee({NEW_YORK: texts}, pace, at).last_at
    assert end is not None
    assert abs((end - at).total_seconds() - texts) <= texts * 0.05


def seen(waiting: dict[str, float], pace: PaceOfSenders | None, at: datetime = START) -> Forecast:
    return foresee(waiting, pace, at)


def test_eight_thousand_texts_at_two_thousand_a_day_take_four_days() -> None:
    monday = datetime(2027, 3, 15, 14, tzinfo=UTC)
    told = seen({NEW_YORK: 8_000}, PaceOfSenders(10.0, 2_000, 2_000), monday)
    assert told.last_at is not None
    days = {monday + timedelta(days=ahead) for ahead in range(4)}
    assert told.last_at.astimezone(PACIFIC).date() == max(days).date()
    assert told.now == 8_000


def test_who_waits_is_told_by_opening_and_the_last_leaves_after_the_last_opening() -> None:
    told = seen({NEW_YORK: 30, PHOENIX: 20, HONOLULU: 10}, PaceOfSenders(10.0))
    assert told.now == 30
    assert told.later == [(START + timedelta(hours=1), 20), (START + timedelta(hours=4), 10)]
    assert told.last_at == START + timedelta(hours=4, seconds=1)


def test_other_blasts_take_half_of_the_pace_as_long_as_they_have_texts() -> None:
    told = foresee({NEW_YORK: 600}, PaceOfSenders(1.0), START, others=200)
    assert told.last_at is not None
    assert abs(told.last_at - START - timedelta(seconds=800)) < timedelta(seconds=1)


def test_what_is_slower_than_its_windows_goes_on_the_next_days() -> None:
    told = seen({NEW_YORK: 2 * 36_000}, PaceOfSenders(1.0))
    # Ten hours are left on Friday, eleven on Saturday, and Sunday begins at noon; each loses its last minute.
    assert told.last_at is not None
    assert told.last_at.astimezone(ZoneInfo("America/New_York")).weekday() == 5


def test_a_last_moment_leaves_out_whom_the_pace_does_not_reach() -> None:
    rule = Rule(ends=START + timedelta(minutes=11))
    told = seen({rule.prefix + NEW_YORK: 1_000, rule.prefix + HONOLULU: 7}, PaceOfSenders(1.0))
    assert told.never == 400 + 7
    assert told.last_at == START + timedelta(minutes=10)


def test_hours_that_suit_nobody_leave_everybody_out() -> None:
    lifted = Rule(lifted=(place_hours := START.replace(hour=8).time(), place_hours.replace(hour=9)))
    told = seen({lifted.prefix + UNKNOWN.key: 5}, PaceOfSenders(1.0))
    assert (told.now, told.later, told.never, told.last_at) == (0, [], 5, None)


def test_without_a_number_that_may_send_nothing_is_foreseen() -> None:
    assert seen({NEW_YORK: 5}, None) == Forecast(5, [], [NEW_YORK])


def test_what_would_take_years_is_reckoned() -> None:
    told = seen({NEW_YORK: 2_000_000}, PaceOfSenders(10.0, 2_000, 2_000))
    assert told.last_at is not None
    assert timedelta(days=900) < told.last_at - START < timedelta(days=1_100)


def test_a_million_people_at_all_places_are_played_quickly() -> None:
    keys = {place_of(f"{number:05d}", "").key for number in range(501, 99_950, 97)}
    told = seen({key: 1_000_000 / len(keys) for key in keys}, PaceOfSenders(3.0))
    assert told.last_at is not None
