"""Clocks on many walls: the rule of sending windows, said again in the simplest way."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from textbank.contacts.place import UNKNOWN, Place, place_of, zip_places
from textbank.messaging.hours import legal_holidays
from textbank.messaging.rule import DEFAULT_RULE, Rule

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
