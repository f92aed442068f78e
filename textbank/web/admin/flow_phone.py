"""The simulated phone beside a flow: what is said to these texts, as bubbles. Nothing is stored or sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.datastructures import FormData

from textbank.flows.document import LANGUAGES, Document
from textbank.flows.try_out import Turn, try_out
from textbank.flows.walk import Facts
from textbank.sms.segments import count
from textbank.web.admin.flow_words import KNOWN, MEMBERS, NOTES

MOST_TEXTS: Final = 40
LONGEST_TEXT: Final = 320
_SOMEBODY: Final = "Ana"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the phone, and what they have texted so far."""

    language: str = "en"
    member: str = "new"
    known: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()


@dataclass(slots=True)
class Shown:
    """One bubble, or a line between bubbles."""

    by: Literal["us", "them", "note"]
    words: str
    segments: int = 0


def read_holder(form: FormData) -> Holder:
    """From the phone's part of the form; "start over" forgets the texts."""
    language, member = form.get("phone.language"), form.get("phone.member")
    texts = [each for each in form.getlist("phone.said") if isinstance(each, str)]
    if form.get("do") == "over":
        texts = []
    elif isinstance(text := form.get("phone.text"), str) and text.strip():
        texts.append(text)
    return Holder(
        language if language in LANGUAGES else "en",
        member if member in MEMBERS else "new",
        frozenset(each for each in form.getlist("phone.known") if each in KNOWN),
        tuple(each.replace("\0", "").strip()[:LONGEST_TEXT] for each in texts[-MOST_TEXTS:]),
    )


def shown_on_phone(
    document: Document, holder: Holder, lists: Mapping[int, str], say: Callable[..., str]
) -> Sequence[Shown]:
    """The whole talk. What a flow says in one go leaves as one text, and is one bubble here."""
    facts = Facts(holder.language, holder.member, holder.known)
    tried = try_out(document, holder.texts, facts, first_name=_SOMEBODY if "name" in holder.known else "")
    shown: list[Shown] = []
    ours: Shown | None = None
    for turn in tried.turns:
        if turn.by == "us" and ours is not None:
            ours.words += f"\n{turn.words}"
        elif turn.by == "us":
            ours = Shown("us", turn.words)
            shown.append(ours)
        else:
            if turn.by == "them" or turn.note == "wait":
                ours = None
            words = turn.words if turn.by == "them" else _note(turn, lists, say)
            shown.append(Shown(turn.by, words))
    for each in shown:
        each.segments = count(each.words).segments if each.by == "us" else 0
    return shown


def _note(turn: Turn, lists: Mapping[int, str], say: Callable[..., str]) -> str:
    what: Any = turn.words
    if turn.note == "wait":
        what = turn.days
    if turn.note == "add":
        what = lists.get(int(turn.words or 0), "?")
    words = NOTES[turn.note or ""]
    return say(words, what=what) if "%(what)s" in words else say(words)
