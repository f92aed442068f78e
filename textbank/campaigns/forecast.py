"""When a blast launched now would leave: who at once, who waits until when, and when the last one goes.

It plays the days to come as the claims would: as long as a window is open its texts leave, all open places
take equal turns of the numbers' pace, and a day's cap holds them until midnight on the Pacific coast.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.campaigns.pace_of_senders import PaceOfSenders, others_waiting, pace_of_senders
from textbank.contacts.place import Place
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.rule import Rule, read_key
from textbank.messaging.window import NEVER, current_or_next

PLAYED = timedelta(days=14)
"""Days that are played one by one; what then still waits is taken to leave as fast on average."""

_DAY = timedelta(days=1)
_CARRIERS_CLOCK = ZoneInfo("America/Los_Angeles")
_BY_PLACE = sa.text(
    """
    select r.place, count(distinct r.id) as people from subscription s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where s.organization_id = :organization and s.list_id = :list and s.state = 'subscribed'
      and r.suppressed_at is null and r.dead_since is null and r.review_since is null
    group by r.place
    """
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many may leave now, and how many wait until when (UTC), soonest first."""

    now: int
    later: list[tuple[datetime, int]]
    places: list[str]
    never: int = 0
    """Whom the campaign's own hours or last moment leave out."""
    last_at: datetime | None = None
    """When the last text leaves; None where none does, or nothing can send."""


@dataclass(slots=True)
class _Waiting:
    """Texts whose windows are alike."""

    rule: Rule
    place: Place
    texts: float = 0.0
    opens: datetime = NEVER
    feeding_ends: datetime = NEVER

    def look(self, at: datetime) -> None:
        """Know the window at this moment."""
        self.opens, closes = current_or_next(self.place, at + FEEDING_ENDS, self.rule)
        self.feeding_ends = closes - FEEDING_ENDS if closes < NEVER else NEVER


@dataclass(slots=True)
class _Days:
    """The days as they are played."""

    at: datetime
    pace: PaceOfSenders
    waiting: list[_Waiting]
    others: float = 0.0
    """Texts of other blasts, which get half of the pace as long as there are any."""
    room: float = math.inf
    midnight: datetime = NEVER
    never: float = 0.0
    left: float = 0.0
    last_at: datetime | None = None
    _began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.at
        if self.pace.a_day is not None:
            self.room, self.midnight = self.pace.room_today, _next_midnight(self.at)

    def play(self) -> None:
        """Until nothing waits that may ever leave."""
        while self.waiting and self.at - self._began < PLAYED:
            self._turn_pages()
            going = [one for one in self.waiting if one.opens <= self.at]
            ends = min([self.midnight, *(self._changes(one) for one in self.waiting)])
            if ends >= NEVER:
                break
            if going and self.room > 0:
                self._let_leave(going, ends)
            else:
                self.at = ends
        rest = sum(one.texts for one in self.waiting)
        if rest and self.left and self.at - self._began >= PLAYED:
            self.last_at = self.at + (self.at - self._began) * (rest / self.left)

    def _changes(self, one: _Waiting) -> datetime:
        return one.feeding_ends if one.opens <= self.at else one.opens

    def _turn_pages(self) -> None:
        if self.at >= self.midnight:
            self.room, self.midnight = float(self.pace.a_day or 0), _next_midnight(self.at)
        for one in self.waiting:
            if one.feeding_ends <= self.at:
                one.look(self.at)
        self.never += sum(one.texts for one in self.waiting if one.opens >= NEVER)
        self.waiting = [one for one in self.waiting if one.opens < NEVER]

    def _let_leave(self, going: list[_Waiting], ends: datetime) -> None:
        ours = self.pace.a_second / (2 if self.others > 0 else 1)
        each = ours / len(going)
        seconds = min((ends - self.at).total_seconds(), min(one.texts for one in going) / each)
        seconds = min(seconds, self.room / self.pace.a_second)
        if self.others > 0:
            seconds = min(seconds, self.others / ours)
            self.others -= seconds * ours
            self.others = self.others if self.others > ours * 2e-6 else 0.0
        self.room = max(0.0, self.room - seconds * self.pace.a_second)
        # A clock of microseconds cannot hit the moment at which a place is through.
        spent = each * 2e-6 + 1e-9
        for one in going:
            one.texts -= seconds * each
        self.left += seconds * ours
        self.at += timedelta(seconds=seconds) if seconds > 1e-6 else timedelta(microseconds=1)
        if self.room < self.pace.a_second * 2e-6:
            self.room = 0.0
        self.last_at = self.at
        if any(one.texts <= spent for one in going):
            self.waiting = [one for one in self.waiting if one.texts > spent]


def foresee(
    waiting: Mapping[str, float], pace: PaceOfSenders | None, at: datetime, *, others: float = 0.0
) -> Forecast:
    """Play the days from `at` on. `waiting`: texts by their window's key; `pace` is in texts.

    `others`: texts of other blasts that share the pace.
    """
    alike: dict[tuple[object, ...], _Waiting] = {}
    now, later = 0.0, dict[datetime, float]()
    for key, texts in waiting.items():
        rule, place = read_key(key)
        shape = (place.zones, rule.hours_at(place), rule.ends)
        one = alike.setdefault(shape, _Waiting(rule, place))
        one.texts += texts
    for one in alike.values():
        one.look(at)
        if one.opens <= at:
            now += one.texts
        elif one.opens < NEVER:
            later[one.opens] = later.get(one.opens, 0) + one.texts
    days = _Days(at, pace or PaceOfSenders(0.0), [one for one in alike.values() if one.texts > 0], others)
    if pace is not None:
        days.play()
    else:
        days.never = sum(one.texts for one in alike.values() if one.opens >= NEVER)
    waits = [(opens, round(texts)) for opens, texts in sorted(later.items())]
    return Forecast(round(now), waits, sorted(waiting), math.ceil(days.never - 1e-3), days.last_at)


async def forecast(session: AsyncSession, organization_id: int, list_id: int) -> Forecast:
    """What a blast to a list from the command line would see: one segment each, by the default hours."""
    rows = await session.execute(_BY_PLACE, {"organization": organization_id, "list": list_id})
    waiting = {row.place: float(row.people) for row in rows}
    pace = await pace_of_senders(session, organization_id)
    others = await others_waiting(session, organization_id)
    return foresee(waiting, pace, clock.now(), others=others)


def _next_midnight(at: datetime) -> datetime:
    tomorrow = at.astimezone(_CARRIERS_CLOCK).date() + _DAY
    return datetime.combine(tomorrow, time(0), _CARRIERS_CLOCK).astimezone(UTC)
