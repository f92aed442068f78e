"""Hours of a week on the wall clock, and the days that some states' laws keep free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

Span = tuple[time, time]
"""From the first moment to the last, which is exclusive."""

_SATURDAY, _SUNDAY = 5, 6
_WEEKDAYS = range(5)


@dataclass(frozen=True, slots=True)
class Hours:
    """When texts may leave, day by day, Monday first; None: not on that day."""

    days: tuple[Span | None, ...]
    on_holidays: bool = True

    @classmethod
    def of(
        cls, weekdays: Span, saturday: Span | None, sunday: Span | None, *, on_holidays: bool = True
    ) -> "Hours":
        """The same from Monday to Friday."""
        return cls((*(weekdays for _ in _WEEKDAYS), saturday, sunday), on_holidays)

    @classmethod
    def daily(cls, opens: time, closes: time) -> "Hours":
        """The same on each day of the year."""
        return cls.of((opens, closes), (opens, closes), (opens, closes))

    def on(self, day: date) -> Span | None:
        """The hours of one date."""
        if not self.on_holidays and day in legal_holidays(day.year):
            return None
        return self.days[day.weekday()]

    def __and__(self, other: "Hours") -> "Hours":
        """What both allow."""
        both = tuple(_common(mine, theirs) for mine, theirs in zip(self.days, other.days, strict=True))
        return Hours(both, self.on_holidays and other.on_holidays)

    def __str__(self) -> str:
        weekdays, saturday, sunday = self.days[0], self.days[_SATURDAY], self.days[_SUNDAY]
        said = f"{_said(weekdays)} at the recipient's place"
        if saturday != weekdays:
            said += f", Saturdays {_said(saturday)}"
        if weekdays and sunday and sunday != weekdays and sunday[1] == weekdays[1]:
            said += f", Sundays from {sunday[0]:%H:%M}"
        elif sunday != weekdays:
            said += f", Sundays {_said(sunday)}"
        return said if self.on_holidays else f"{said}, never on legal holidays"


FEDERAL_HOURS = Hours.daily(time(8), time(21))
"""47 CFR 64.1200(c)(1): no telephone solicitation outside these. Nothing of ours is ever lifted past them."""

DEFAULT_HOURS = Hours.of((time(9), time(20)), (time(9), time(20)), (time(12), time(20)))


@lru_cache(maxsize=64)
def legal_holidays(year: int) -> frozenset[date]:
    """The holidays of 5 USC 6103(a) and the weekdays on which they are kept instead (b)."""
    fixed = [date(year, *of) for of in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))]
    mondays = [
        _nth(year, 1, 0, 3),
        _nth(year, 2, 0, 3),
        _nth(year, 6, 0, 1) - timedelta(days=7),  # the last Monday of May
        _nth(year, 9, 0, 1),
        _nth(year, 10, 0, 2),
    ]
    days = [*mondays, _nth(year, 11, 3, 4), *_kept(fixed), *_kept([date(year + 1, 1, 1)])]
    return frozenset(day for day in days if day.year == year)


def _kept(days: Iterable[date]) -> Iterable[date]:
    """Each day, and the Friday or Monday beside it where it falls on a weekend."""
    for day in days:
        yield day
        if day.weekday() == _SATURDAY:
            yield day - timedelta(days=1)
        elif day.weekday() == _SUNDAY:
            yield day + timedelta(days=1)


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _common(these: Span | None, those: Span | None) -> Span | None:
    if these is None or those is None:
        return None
    opens, closes = max(these[0], those[0]), min(these[1], those[1])
    return (opens, closes) if opens < closes else None


def _said(span: Span | None) -> str:
    return f"{span[0]:%H:%M} to {span[1]:%H:%M}" if span else "not at all"
