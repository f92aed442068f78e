"""Try a flow out on a simulated phone: what would be said to these texts. Nothing is stored or sent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from textbank.flows.document import Document
from textbank.flows.walk import Effect, Facts, Walk, ask_again, take_answer, walk_from
from textbank.keywords.preferences import read_preference
from textbank.sms.classify import classify

Note = Literal["tag", "add", "webhook", "hand_over", "wait", "learn", "stopped", "to_a_person", "by_itself"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One bubble on the phone, or something that happens without one."""

    by: Literal["us", "them", "note"]
    words: str = ""
    note: Note | None = None
    days: int = 0


@dataclass(slots=True)
class Tried:
    """The whole talk, and whether a question is open at its end."""

    turns: list[Turn] = field(default_factory=list)
    asks: bool = False


def try_out(
    document: Document, texts: Sequence[str], facts: Facts | None = None, *, first_name: str = "Ana"
) -> Tried:
    """Begin the flow and answer it with these texts, days of waiting passed over."""
    facts = facts or Facts()
    tried = Tried()
    walk = _through(tried, document, walk_from(document, 0, facts), facts, first_name)
    for text in texts:
        tried.turns.append(Turn("them", text))
        meaning = classify(text)
        if meaning.kind in ("stop", "wrong_number"):
            tried.turns.append(Turn("note", note="stopped"))
            tried.asks = False
            return tried
        if meaning.kind == "help" or (meaning.kind == "none" and read_preference(text) is not None):
            tried.turns.append(Turn("note", note="by_itself"))
            continue
        following: Walk | None = None
        if walk.state == "asks" and meaning.kind != "review":
            now = replace(facts, answers=walk.answers)
            following = take_answer(document, walk.at, walk.tries, now, text) or ask_again(
                document, walk.at, walk.tries, now, text
            )
        if following is None:
            tried.turns.append(Turn("note", note="to_a_person"))
            continue
        # As in a real run: who has just told their name is called by it.
        first_name = first_name or _told_name(following)
        walk = _through(tried, document, following, facts, first_name)
    tried.asks = walk.state == "asks"
    return tried


def _through(tried: Tried, document: Document, walk: Walk, facts: Facts, first_name: str) -> Walk:
    while True:
        for effect in walk.effects:
            if effect.words and effect.kind != "learn":
                tried.turns.append(Turn("us", fill_in(effect.words, first_name, "FRIEND7")))
            if effect.kind != "say":
                tried.turns.append(Turn("note", _what(effect), effect.kind))  # type: ignore[arg-type]
        if walk.state != "waits":
            return walk
        tried.turns.append(Turn("note", note="wait", days=walk.days))
        walk = walk_from(document, document.at(walk.at), replace(facts, answers=walk.answers))


def _told_name(walk: Walk) -> str:
    told = (each.words for each in walk.effects if each.kind == "learn" and each.step.about == "name")
    return next(told, "").partition(" ")[0]


def _what(effect: Effect) -> str:
    """What a note is about: the answer, the tag, the address, or the id of the list."""
    if effect.kind == "learn":
        return effect.words
    return effect.step.name or effect.step.url or str(effect.step.list_id or "")


def fill_in(words: str, first_name: str, friend_code: str) -> str:
    """The words with what stands in braces put in; a name that we do not know leaves no gap."""
    if not first_name:
        for gap in (", {first_name}", " {first_name}", "{first_name}, ", "{first_name} "):
            words = words.replace(gap, "")
    return words.replace("{first_name}", first_name).replace("{friend_code}", friend_code)
