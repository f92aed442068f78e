"""By which hours a campaign's texts leave, and how that is written before a place in a window's key.

A window's key is `PLACE` by the default rule, and `RULE@PLACE` by a campaign's own: so a campaign that
sells, whose hours an admin lifted, or that begins or
ends at a moment has sending windows of its own, and claims
and permits go on comparing two timestamps (docs/decisions/0005 and 0014).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from textbank.contacts.place import Place
from textbank.messaging.hours import DEFAULT_HOURS, FEDERAL_HOURS, Hours, Span
from textbank.messaging.state_rules import STATE_RULES, StateRule

_BEFORE_PLACE = "@"


@dataclass(frozen=True, slots=True)
class Rule:
    """A campaign's own; the default one for everything else."""

    sells: bool = False
    """It sells something, so the states' rows bind it."""
    lifted: Span | None = None
    """The hours of each day that an admin set instead of the default ones."""
    ends: datetime | None = None
    """Nothing leaves from then on; without a zone it is the wall clock at each recipient's place."""

    starts: datetime | None = None
    """Nothing leaves before; without a zone, as `ends`."""

    def hours_at(self, place: Place) -> Hours:
        """The hours by which a text to this place leaves."""
        hours = Hours.daily(*self.lifted) & FEDERAL_HOURS if self.lifted else DEFAULT_HOURS
        for row in self.rows_at(place):
            hours &= row.hours
        return hours

    def rows_at(self, place: Place) -> list[StateRule]:
        """The states' rows that count here. What is lifted is free only from rows about solicitation."""
        rows: Iterable[StateRule] = ()
        if place.state:
            rows = [STATE_RULES[place.state]] if place.state in STATE_RULES else []
        elif self.sells and place.evidence == "unknown":
            rows = STATE_RULES.values()  # they may be in any state, and its row would bind
        return [row for row in rows if row.binds == "all" or self.lifted is None or self.sells]

    def last_moment_at(self, place: Place) -> datetime | None:
        """When its texts to this place end: where several zones are possible, in the first of them."""
        if self.ends is None or self.ends.tzinfo is not None:
            return self.ends
        return min(self.ends.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in place.zones)

    def first_moment_at(self, place: Place) -> datetime | None:
        """When its texts to this place begin: where several zones are possible, in the last of them."""
        if self.starts is None or self.starts.tzinfo is not None:
            return self.starts
        return max(self.starts.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone in place.zones)

    @property
    def prefix(self) -> str:
        """What stands before a place in a window's key; empty for the default rule."""
        said = ["sells"] if self.sells else []
        if self.lifted:
            said.append(f"hours={self.lifted[0]:%H:%M}-{self.lifted[1]:%H:%M}")
        if self.ends:
            ends = self.ends.astimezone(UTC) if self.ends.tzinfo else self.ends
            said.append(f"ends={ends.isoformat()}")
        if self.starts:
            starts = self.starts.astimezone(UTC) if self.starts.tzinfo else self.starts
            said.append(f"starts={starts.isoformat()}")
        return ",".join(said) + _BEFORE_PLACE if said else ""

    @classmethod
    def from_prefix(cls, prefix: str) -> "Rule":
        """The rule of a stored prefix; one that nobody can read lets nothing leave."""
        sells, lifted, ends, starts = False, None, None, None
        try:
            for part in filter(None, prefix.removesuffix(_BEFORE_PLACE).split(",")):
                name, _, value = part.partition("=")
                if name == "sells":
                    sells = True
                elif name == "hours":
                    opens, _, closes = value.partition("-")
                    lifted = (time.fromisoformat(opens), time.fromisoformat(closes))
                elif name == "ends":
                    ends = datetime.fromisoformat(value)
                elif name == "starts":
                    starts = datetime.fromisoformat(value)
                else:
                    raise ValueError(name)
        except ValueError:
            return cls(ends=datetime.min.replace(tzinfo=UTC))
        return cls(sells, lifted, ends, starts)


DEFAULT_RULE = Rule()


def read_key(key: str) -> tuple[Rule, Place]:
    """The rule and the place of a window's key."""
    prefix, at, place = key.rpartition(_BEFORE_PLACE)
    return (Rule.from_prefix(prefix) if at else DEFAULT_RULE), Place.from_key(place)
