"""The steps of a flow as a form sends them: read whatever is wrong with them, moved, removed, added. Pure.

Every button of the editor sends the whole form, so that no press loses what was typed beside it. A field is
named by its step's id: `s3.words.en`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from textbank.flows.document import ABOUT, KINDS, LANGUAGES, Document, Step, read_document

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,20}")
_MOST_STEPS: Final = 60
"""Read; more than may be published, so that too many are told of and not cut off."""
_LONGEST: Final = 2_000
MEMBERS: Final = ("returning", "present")
NEW_KINDS: Final = (
    "say",
    "ask-zip",
    "ask-name",
    "ask-email",
    "ask-choice",
    "branch",
    "tag",
    "add",
    "wait",
    "hand_over",
    "webhook",
    "end",
)


@dataclass(frozen=True, slots=True)
class Changed:
    """The steps after a button was pressed, and the step to look at now."""

    document: Document
    at: str = ""


def read_steps(form: FormData) -> Document:
    """The steps in the order of the form. What has no sense stays as typed, where a document can hold it."""
    ids = dict.fromkeys(one for one in form.getlist("step") if isinstance(one, str) and _ID.fullmatch(one))
    return read_document({"steps": [_step(form, each) for each in list(ids)[:_MOST_STEPS]]})


def changed(document: Document, do: str, *, kind: str = "", after: str = "") -> Changed:
    """What a button does to the steps: `up:s3`, `down:s3`, `remove:s3`, `add`; anything else: nothing."""
    what, _, step_id = do.partition(":")
    if what == "add":
        return _added(document, kind, after)
    place = document.at(step_id)
    if place is None:
        return Changed(document)
    steps = list(document.steps)
    if what == "remove":
        del steps[place]
        beside = steps[min(place, len(steps) - 1)].id if steps else ""
        return Changed(Document(tuple(steps)), beside)
    other = place + {"up": -1, "down": 1}.get(what, 0)
    if 0 <= other < len(steps):
        steps[place], steps[other] = steps[other], steps[place]
    return Changed(Document(tuple(steps)), step_id)


def _added(document: Document, kind: str, after: str) -> Changed:
    if kind not in NEW_KINDS or len(document.steps) >= _MOST_STEPS:
        return Changed(document)
    what, _, about = kind.partition("-")
    taken = {step.id for step in document.steps}
    name = next(f"s{number}" for number in range(1, len(taken) + 2) if f"s{number}" not in taken)
    made = Step(name, what, about=about, days=2 if what == "wait" else 0)
    steps = list(document.steps)
    place = document.at(after)
    steps.insert(0 if after == "first" else len(steps) if place is None else place + 1, made)
    return Changed(Document(tuple(steps)), name)


def _step(form: FormData, step_id: str) -> dict[str, Any]:
    def one(name: str) -> str:
        return _typed(form.get(f"{step_id}.{name}"))

    def many(name: str) -> Sequence[str]:
        return [_typed(each) for each in form.getlist(f"{step_id}.{name}")]

    def by_language(name: str) -> dict[str, str]:
        return {language: said for language in LANGUAGES if (said := one(f"{name}.{language}"))}

    kind, about = one("kind"), one("about")
    choices = [
        {"value": value, "words": [each.strip() for each in words.split(",")]}
        for value, words in zip(many("choice"), many("choice-words"), strict=False)
        if value or words
    ]
    cases = [
        {"value": value, "go": go} for value, go in zip(many("case"), many("case-go"), strict=False) if go
    ]
    return {
        "id": step_id,
        "kind": kind if kind in KINDS else "",
        "about": about if about in ABOUT else "choice" if kind == "ask" else "",
        "words": by_language("words"),
        "words_for": {member: said for member in MEMBERS if (said := by_language(member))},
        "again": by_language("again"),
        "name": one("name"),
        "choices": choices,
        "on": one("on"),
        "cases": cases,
        "list_id": one("list_id"),
        "url": one("url"),
        "days": one("days"),
        "go": one("go"),
    }


def _typed(given: Any) -> str:
    """Line ends as one character each, as they are counted and sent; no character that no row can hold."""
    if not isinstance(given, str):
        return ""
    return given.replace("\0", "").replace("\r\n", "\n").strip()[:_LONGEST]
