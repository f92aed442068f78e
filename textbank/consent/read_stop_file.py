"""Read a file of numbers that must not, or cannot, be texted: opt-outs of another system, a carrier's
deactivations, answers of the Reassigned Numbers Database.

Columns are found by their names. A file without names, one number a line, is what Twilio's
`/v1/Deactivations` leads to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from textbank import clock
from textbank.contacts.read_csv import Row, Table, Unreadable
from textbank.errors import InvalidInput
from textbank.language import N_
from textbank.sms.phone_number import NotANumber, parse

Kind = Literal["opt_outs", "deactivated", "reassigned"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Answer = Literal["yes", "no", "no data"]


def _names(listed: str) -> frozenset[str]:
    return frozenset(name.strip() for name in listed.split("|"))


_PHONE: Final = _names(
    "phone | phone number | phonenumber | number | mobile | mobile number | mobile phone | cell | cell phone "
    "| telephone | tel | to | telefono | numero | celular"
)
_DATE: Final = _names(
    "date | opted out | opted out at | opt out date | optout date | unsubscribed | unsubscribed at "
    "| created at | timestamp | date created | deactivated | date deactivated | consent date | since | fecha"
)
_REASON: Final = _names("reason | note | notes | comment | message | words | motivo | nota")
_ANSWER: Final = _names("answer | reassigned | result | response | disconnected | is reassigned | respuesta")
_ANSWERS: Final[dict[str, Answer]] = {
    "yes": "yes", "y": "yes", "true": "yes", "si": "yes",
    "no": "no", "n": "no", "false": "no",
    "no data": "no data", "no_data": "no data", "nodata": "no data", "": "no data", "unknown": "no data",
}  # fmt: skip
_FORMS: Final = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y/%m/%d", "%Y%m%d")
_LONGEST: Final = 300
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A number as the file has it."""

    line: int
    e164: str
    on: date | None
    reason: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class NotRead:
    """A line that says nothing usable, and why."""

    line: int
    raw: str
    reason: str


def read_stop_file(path: Path, kind: Kind, called: str = "") -> Iterator[Line | NotRead]:
    """Every line. Raises InvalidInput where the file has no column of numbers."""
    with Table(path, _recognised, called=called) as table:
        first: list[Row] = []
        columns = [_named(name) for name in table.header]
        if not any(name in _PHONE for name in columns):
            if not any(not isinstance(parse(cell), NotANumber) for cell in table.header):
                raise InvalidInput(
                    N_(
                        "No column of this file is named as one of phone numbers. Nothing was taken. Name it "
                        "“phone” in the first line."
                    )
                )
            # No names at all: the first line is a number already.
            first = [Row(1, table.header)]
            columns = ["phone" if not isinstance(parse(c), NotANumber) else "" for c in table.header]
        at = {
            "phone": _place(columns, _PHONE),
            "date": _place(columns, _DATE),
            "reason": _place(columns, _REASON),
            "answer": _place(columns, _ANSWER),
        }
        if kind == "reassigned" and at["answer"] is None:
            raise InvalidInput(
                N_(
                    "This file has no column with the answers. Nothing was taken. Name it “answer” in the "
                    "first line; its cells say yes, no or no data."
                )
            )
        yield from (_line(row, at, kind) for row in first)
        for row in table:
            yield _line(row, at, kind)


def _line(row: Row | Unreadable, at: dict[str, int | None], kind: Kind) -> Line | NotRead:
    if isinstance(row, Unreadable):
        return NotRead(row.line, row.raw, row.reason)

    def cell(name: str) -> str:
        place = at[name]
        return row.fields[place].strip() if place is not None and place < len(row.fields) else ""

    number = parse(cell("phone"))
    on = _date(cell("date"))
    answer = _ANSWERS.get(cell("answer").casefold())
    wrong = ""
    if isinstance(number, NotANumber):
        wrong = f"the phone number {number.reason}"
    elif cell("date") and on is None:
        wrong = "the date cannot be read: write it as 2026-05-31"
    elif on is not None and on > clock.now().date():
        wrong = "the date lies in the future"
    elif kind == "reassigned" and answer is None:
        wrong = "the answer is none of yes, no and no data"
    elif kind == "reassigned" and on is None:
        wrong = "it has no date: the answer holds for the day that was asked about"
    if wrong or isinstance(number, NotANumber):
        return NotRead(row.line, ",".join(row.fields)[:_LONGEST], wrong)
    reason = cell("reason")[:_LONGEST].replace("\0", "")
    return Line(row.line, number.e164, on, reason, answer or "no data")


def _date(written: str) -> date | None:
    written = written.strip()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        pass
    else:
        return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
    for form in _FORMS:
        try:
            return datetime.strptime(written.partition(" ")[0], form).date()  # noqa: DTZ007 - a day alone
        except ValueError:
            continue
    return None


def _named(name: str) -> str:
    return " ".join(_NOT_A_LETTER.sub(" ", name.casefold()).split())


def _place(columns: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(columns) if name in names), None)


def _recognised(header: Sequence[str]) -> int:
    known = _PHONE | _DATE | _REASON | _ANSWER
    return sum(_named(name) in known for name in header)
