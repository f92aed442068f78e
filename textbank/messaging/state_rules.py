"""What states say of the hours in which one may solicit by text, as far as known; reviewed November 2026.

A state without a row has nothing stricter than the federal 8:00 to 21:00 that we found. All rows known
bind *solicitation*: selling goods or services. Organizing is mostly outside them, so for a campaign that
sells nothing they are a default out of caution; for one that sells they bind (`messaging/rule.py`). Most
come from vendors' tables and not from the statutes: each says how sure it is, the stricter of two
differing tables stands, and nothing here is legal advice.
"""

from dataclasses import dataclass
from datetime import time
from typing import Final, Literal

from textbank.messaging.hours import Hours, Span

Binds = Literal["solicitation", "all"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class StateRule:
    """One state's row."""

    state: str
    """USPS letters."""
    hours: Hours
    binds: Binds
    confidence: Confidence
    source: str

    def __str__(self) -> str:
        return f"{self.state}: {self.hours}; binds {self.binds}, confidence {self.confidence} ({self.source})"


def _span(written: str) -> Span:
    """`8-20`."""
    opens, _, closes = written.partition("-")
    return time(int(opens)), time(int(closes))


def _span_or_none(written: str) -> Span | None:
    return None if written == "no" else _span(written)


def _row(
    state: str, days: str, confidence: Confidence, source: str, binds: Binds = "solicitation"
) -> StateRule:
    """`days`: weekdays, Saturdays and Sundays; ends in `!` where legal holidays are free."""
    weekdays, saturday, sunday = days.removesuffix(" !").split()
    hours = Hours.of(
        _span(weekdays), _span_or_none(saturday), _span_or_none(sunday), on_holidays=not days.endswith("!")
    )
    return StateRule(state, hours, binds, confidence, source)


STATE_RULES: Final[dict[str, StateRule]] = {
    row.state: row
    for row in (
        _row("AL", "8-20 8-20 no !", "medium", "vendors' tables; the Sunday and holiday ban is in one"),
        _row("CT", "9-20 9-20 9-20", "medium", "SB 1058 of 2023 by vendors' tables; one says until 21:00"),
        _row("FL", "8-20 8-20 8-20", "high", "Fla. Stat. 501.616(6)"),
        _row("IL", "9-21 9-21 9-21", "low", "vendors' tables; the law may mean prerecorded calls only"),
        _row("KY", "10-21 10-21 10-21", "medium", "KRS 367.46955 by two tables"),
        _row("LA", "8-20 8-20 no !", "medium", "vendors' tables"),
        _row("MA", "8-20 8-20 8-20", "medium", "two vendors' tables"),
        _row("MD", "8-20 8-20 8-20", "high", "Stop the Spam Calls Act, 2024"),
        _row("MI", "9-21 9-21 9-21", "medium", "two vendors' tables"),
        _row("MN", "9-21 9-21 9-21", "medium", "two vendors' tables"),
        _row("MS", "8-20 8-20 no !", "medium", "vendors' tables"),
        _row("NJ", "8-20 8-20 8-20", "low", "one table; another says until 21:00"),
        _row("NM", "9-21 9-21 9-21", "low", "one vendor's table"),
        _row("NV", "9-20 9-20 9-20", "medium", "two vendors' tables"),
        _row("OK", "8-20 8-20 8-20 !", "medium", "Telephone Solicitation Act, 2022; some say until 21:00"),
        _row("OR", "8-20 8-20 8-20", "medium", "HB 3865, in force 2026, read in summary"),
        _row("PA", "9-19 9-19 no !", "low", "Act 73 of 2019, and SB 992 as the Senate passed it"),
        _row("RI", "9-18 10-17 no !", "medium", "R.I. Gen. Laws 5-61-3.6 by two tables"),
        _row("SD", "9-21 9-21 no", "low", "unconfirmed"),
        _row("TN", "8-20 8-20 8-20", "medium", "one vendor's table"),
        _row("TX", "9-21 9-21 12-21", "high", "SB 140 of 2025"),
        _row("UT", "8-21 8-21 no !", "low", "one table; Sundays unconfirmed"),
        _row("WA", "8-20 8-20 8-20", "medium", "RCW 80.36.390 by two tables"),
        _row("WY", "8-20 8-20 8-20", "low", "one secondary source"),
    )
}
