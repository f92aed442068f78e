"""The steps of a flow, as they are stored and as the rest of this package reads them. Pure.

A document is `{"steps": [step, …]}`. Steps follow one another; `go` leads to a later one instead, or to
`end`. A way back does not exist, so no flow can run in circles.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Kind = Literal["say", "ask", "branch", "tag", "add", "webhook", "hand_over", "wait", "end"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
About = Literal["zip", "name", "email", "choice"]
ABOUT: Final[tuple[str, ...]] = get_args(About)
Member = Literal["new", "returning", "present"]
LANGUAGES: Final = ("en", "es")
END: Final = "end"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a question offers: what is kept, and the words that mean it."""

    value: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Where a branch leads if what it looks at is this."""

    value: str
    go: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step; which fields count depends on its kind."""

    id: str
    kind: str
    words: dict[str, str] = field(default_factory=dict)
    """By language. Of `say`, `ask` and `hand_over`."""
    words_for: dict[str, dict[str, str]] = field(default_factory=dict)
    """Other words for `returning` or `present` members."""
    again: dict[str, str] = field(default_factory=dict)
    """Asked once more in these words; empty: in ours."""
    about: str = ""
    name: str = ""
    """Of a choice: the field of the contact that keeps the answer. Of `tag`: the tag."""
    choices: tuple[Choice, ...] = ()
    on: str = ""
    """A branch looks at `language`, `member`, or the answer to the question with this id."""
    cases: tuple[Case, ...] = ()
    list_id: int = 0
    url: str = ""
    days: int = 0
    go: str = ""
    """Which step follows; empty: the next one."""

    def said(self, language: str, member: str) -> str:
        """Its words for this person; those of the other language where there are none."""
        mine = self.words_for.get(member) or {}
        return next(
            (
                words
                for words in (
                    mine.get(language),
                    self.words.get(language),
                    *mine.values(),
                    *self.words.values(),
                )
                if words
            ),
            "",
        )


@dataclass(frozen=True, slots=True)
class Document:
    """All steps, in order."""

    steps: tuple[Step, ...]

    def at(self, step_id: str) -> int | None:
        """Where a step stands."""
        return next((place for place, step in enumerate(self.steps) if step.id == step_id), None)

    def after(self, place: int, go: str = "") -> int | None:
        """Which step follows the one at this place; None: the flow ends."""
        go = go or self.steps[place].go
        if go == END:
            return None
        following = self.at(go) if go else place + 1
        return following if following is not None and place < following < len(self.steps) else None


def read_document(stored: Any) -> Document:
    """A document as stored or sent by a form. What has no sense is left out; `validate.py` tells of it."""
    steps = stored.get("steps") if isinstance(stored, dict) else None
    return Document(tuple(_step(one) for one in steps or [] if isinstance(one, dict)))


def to_json(document: Document) -> dict[str, Any]:
    """For storing it: only what says something."""
    return {"steps": [_bare(step) for step in document.steps]}


def _bare(step: Step) -> dict[str, Any]:
    found: dict[str, Any] = {"id": step.id, "kind": step.kind}
    for name in ("words", "words_for", "again", "about", "name", "on", "list_id", "url", "days", "go"):
        if value := getattr(step, name):
            found[name] = value
    if step.choices:
        found["choices"] = [{"value": one.value, "words": list(one.words)} for one in step.choices]
    if step.cases:
        found["cases"] = [{"value": one.value, "go": one.go} for one in step.cases]
    return found


def _step(given: dict[str, Any]) -> Step:
    return Step(
        id=_text(given.get("id")),
        kind=_text(given.get("kind")),
        words=_by_language(given.get("words")),
        words_for={
            member: _by_language(words)
            for member, words in _dict(given.get("words_for")).items()
            if member in ("returning", "present")
        },
        again=_by_language(given.get("again")),
        about=_text(given.get("about")),
        name=_text(given.get("name")),
        choices=tuple(
            Choice(_text(one.get("value")), tuple(filter(None, map(_text, _list(one.get("words"))))))
            for one in _list(given.get("choices"))
            if isinstance(one, dict)
        ),
        on=_text(given.get("on")),
        cases=tuple(
            Case(_text(one.get("value")), _text(one.get("go")))
            for one in _list(given.get("cases"))
            if isinstance(one, dict)
        ),
        list_id=_number(given.get("list_id")),
        url=_text(given.get("url")),
        days=_number(given.get("days")),
        go=_text(given.get("go")),
    )


def _text(given: Any) -> str:
    return " ".join(given.replace("\0", "").split()) if isinstance(given, str) else ""


def _number(given: Any) -> int:
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    return given if isinstance(given, int) and 0 < given < 2**62 else 0


def _dict(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _by_language(given: Any) -> dict[str, str]:
    return {
        language: words for language, words in _dict(given).items() if language in LANGUAGES and _text(words)
    }
