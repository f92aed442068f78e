"""What may be sent to one number, and why: the rules of the permit, told as values. Pure.

`messaging/permit.py` is what decides. This says beforehand what it would decide and on which record that
rests, kind of text by kind of text; a page makes sentences of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["blast", "first_text", "reply", "answer"]
May = Literal["yes", "later", "no"]
Because = Literal[
    "joined_by_keyword", "agreed", "they_wrote", "asked_for_it", "statement_needed",
    "stop_text", "wrong_number", "carrier_block", "staff", "texter", "import", "page", "undecided",
    "erased", "dead_number", "review", "left_the_list", "taken_off", "no_basis", "not_asked", "on_no_list",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stopped:
    """An opt-out that holds."""

    cause: str
    at: datetime
    words: str = ""
    by_name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """What one list is to them."""

    list_name: str
    state: str
    since: datetime
    basis: str = ""
    keyword: str = ""
    source: str = ""
    by_name: str = ""
    """Who recorded it; or who took them off the list."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything on record that decides."""

    memberships: Sequence[Membership] = ()
    stopped: Stopped | None = None
    dead_since: datetime | None = None
    review_since: datetime | None = None
    opens_at: datetime | None = None
    """When the sending window opens at their place; None: it is open."""
    rests_until: datetime | None = None
    """Until when they asked for a break from what we start."""

    @property
    def start_at(self) -> datetime | None:
        """When something that we start may leave; None: now."""
        return max((at for at in (self.opens_at, self.rests_until) if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a kind of text may be sent, and on what that rests."""

    kind: Kind
    may: May
    because: Because
    at: datetime | None = None
    list_name: str = ""
    opens_at: datetime | None = None
    about: dict[str, Any] = field(default_factory=dict)


def explain(facts: Facts) -> list[Verdict]:
    """One verdict for each list's blasts, then for first texts, replies and automatic answers."""
    forbidden = _forbidden(facts)
    blasts = [_blast(one, facts, forbidden) for one in facts.memberships]
    if not blasts:
        blasts = [Verdict("blast", "no", "on_no_list")] if forbidden is None else [_as("blast", forbidden)]
    return [*blasts, _first_text(facts, forbidden), _reply(facts), _answer(facts)]


def _forbidden(facts: Facts) -> Verdict | None:
    """What forbids everything that we would start, if anything does."""
    if facts.stopped is not None:
        stopped = facts.stopped
        about = {"words": stopped.words, "by_name": stopped.by_name, "reason": stopped.reason}
        return Verdict("blast", "no", _cause(stopped.cause), stopped.at, about=about)
    if facts.dead_since is not None:
        return Verdict("blast", "no", "dead_number", facts.dead_since)
    if facts.review_since is not None:
        return Verdict("blast", "no", "review", facts.review_since)
    return None


def _cause(cause: str) -> Because:
    known: dict[str, Because] = {
        "stop_text": "stop_text",
        "wrong_number": "wrong_number",
        "carrier_block": "carrier_block",
        "texter": "texter",
        "undecided": "undecided",
        "import": "import",
        "page": "page",
        "erased": "erased",
    }
    return known.get(cause, "staff")


def _as(kind: Kind, verdict: Verdict, list_name: str = "") -> Verdict:
    return Verdict(kind, verdict.may, verdict.because, verdict.at, list_name, verdict.opens_at, verdict.about)


def _blast(one: Membership, facts: Facts, forbidden: Verdict | None) -> Verdict:
    if forbidden is not None:
        return _as("blast", forbidden, one.list_name)
    about: dict[str, Any] = {
        "keyword": one.keyword,
        "source": one.source,
        "by_name": one.by_name,
        "basis": one.basis,
        "rests": facts.rests_until is not None,
    }
    if one.state == "subscribed":
        because: Because = "joined_by_keyword" if one.keyword else "agreed"
        may: May = "later" if facts.start_at else "yes"
        return Verdict("blast", may, because, one.since, one.list_name, facts.start_at, about)
    why: dict[str, Because] = {"no_basis": "no_basis", "unsubscribed": "left_the_list"}
    said = why.get(one.state, "not_asked")
    if said == "left_the_list" and one.by_name:
        said = "taken_off"
    return Verdict("blast", "no", said, one.since, one.list_name, None, about)


def _first_text(facts: Facts, forbidden: Verdict | None) -> Verdict:
    if forbidden is not None:
        return _as("first_text", forbidden)
    states = {one.state for one in facts.memberships}
    if not states & {"subscribed", "no_basis"}:
        return Verdict("first_text", "no", "on_no_list")
    may: May = "later" if facts.start_at else "yes"
    because: Because = "agreed" if "subscribed" in states else "statement_needed"
    about = {"rests": facts.rests_until is not None}
    return Verdict("first_text", may, because, opens_at=facts.start_at, about=about)


def _reply(facts: Facts) -> Verdict:
    forbidden = _forbidden(facts)
    if forbidden is not None:
        return _as("reply", forbidden)
    return Verdict("reply", "later" if facts.opens_at else "yes", "they_wrote", opens_at=facts.opens_at)


def _answer(facts: Facts) -> Verdict:
    """HELP is answered also to somebody who opted out; quiet hours do not bind what was just asked for."""
    return Verdict("answer", "yes", "asked_for_it", about={"only_help": facts.stopped is not None})
