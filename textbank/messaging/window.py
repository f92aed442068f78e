"""The sending window: when a text that we start may leave, by the clock at the recipient's place.

The law binds telephone solicitations to 8:00 to 21:00 local time (47 CFR 64.1200(c)(1)), and several
states are stricter (`state_rules.py`). Organizing is mostly outside those laws; we keep a window that
satisfies nearly all of them anyway, for everyone. Where several zones are possible, it is open when open
in all.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from textbank.contacts.place import Place
from textbank.messaging.hours import Hours
from textbank.messaging.rule import DEFAULT_RULE, Rule

_DAY = timedelta(days=1)
# Zones so far apart that no Sunday hour is common to them still meet on Monday; no two holidays beside a
# Sunday last longer.
_DAYS_AHEAD = 9

_Interval = tuple[datetime, datetime]

NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
OVER_FROM: Final = "9999-01-01T00:00:00+00:00"
"""NEVER, as statements compare with it."""
OVER: Final[_Interval] = (NEVER, NEVER)
"""The window of a campaign that is past its last moment there, or whose hours no moment suits."""


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the window is at one moment, and why."""

    may_leave: bool
    until: datetime | None
    """When it closes, if it is open."""
    opens_at: datetime | None
    """When it opens next, if it is closed and ever opens again."""
    zone: str
    """The zone, or all possible ones with | between them."""
    evidence: str
    rule: str


def evaluate(place: Place, at: datetime, rule: Rule = DEFAULT_RULE) -> WindowState:
    """Whether a text may leave for `place` at this moment."""
    opens, closes = current_or_next(place, at, rule)
    may_leave = opens <= at
    several = "; in every zone it may be in" if len(place.zones) > 1 else ""
    rows = [row for row in rule.rows_at(place) if place.state]
    return WindowState(
        may_leave=may_leave,
        until=closes if may_leave else None,
        opens_at=None if may_leave or opens == NEVER else opens,
        zone="|".join(place.zones),
        evidence=place.evidence,
        rule=f"{rule.hours_at(place)}{several}" + "".join(f"; {row}" for row in rows),
    )


def current_or_next(place: Place, at: datetime, rule: Rule = DEFAULT_RULE) -> tuple[datetime, datetime]:
    """When the window opens and closes, in UTC: the one open `at` that moment, else the next, else OVER."""
    first, last = rule.first_moment_at(place), rule.last_moment_at(place)
    at = at if first is None else max(at, first)
    for opens, closes in _windows(place.zones, at.astimezone(UTC).date(), rule.hours_at(place)):
        if last is not None and opens >= last:
            break
        until = closes if last is None else min(closes, last)
        if at < until:
            return opens if first is None else max(opens, first), until
    return OVER


@lru_cache(maxsize=4096)
def _windows(zones: tuple[str, ...], day: date, hours: Hours) -> tuple[_Interval, ...]:
    """All windows from the day before `day` (UTC) on, in order."""
    common = _days(zones[0], day, hours)
    for zone in zones[1:]:
        common = _intersection(common, _days(zone, day, hours))
    return tuple(common)


def _days(zone: str, day: date, hours: Hours) -> list[_Interval]:
    """By the wall clock of each date, so that an hour more or less in the night does not matter."""
    there = ZoneInfo(zone)
    found = []
    for ahead in range(-1, _DAYS_AHEAD):
        local = day + ahead * _DAY
        if span := hours.on(local):
            opens, closes = (datetime.combine(local, moment, there).astimezone(UTC) for moment in span)
            found.append((opens, closes))
    return found


def _intersection(these: list[_Interval], those: list[_Interval]) -> list[_Interval]:
    """What two ordered lists of intervals have in common."""
    common = []
    i = j = 0
    while i < len(these) and j < len(those):
        opens, closes = max(these[i][0], those[j][0]), min(these[i][1], those[j][1])
        if opens < closes:
            common.append((opens, closes))
        if these[i][1] <= those[j][1]:
            i += 1
        else:
            j += 1
    return common
