"""The steps of a flow as the editor shows them: named, numbered, each with what must be mended. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textbank.flows.document import Document, Step
from textbank.flows.validate import Problem
from textbank.language import N_
from textbank.web.admin.flow_words import EXPLAINED, MEMBERS, STEPS, called

LANGUAGES: Final = {"en": "English", "es": "Español"}
_LONGEST_LABEL: Final = 40
_NOT_ANY_MORE: Final = N_("“%(answer)s” (no answer any more)")
_FEWEST_CHOICES: Final = 3


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step with everything that its part of the form needs."""

    step: Step
    number: int
    title: str
    explained: str
    problems: Sequence[str]
    later: Sequence[tuple[str, str]]
    """Where it may lead."""
    asked: Sequence[tuple[str, str]]
    """What a branch may look at."""
    cases: Sequence[tuple[str, str, str]]
    """Of a branch: value, label, where it leads."""
    choices: Sequence[tuple[str, str]]
    """Of a question: answer and other words, with lines to fill in."""
    is_last: bool


def shown_steps(
    document: Document, problems: Sequence[Problem], say: Callable[..., str]
) -> Sequence[StepShown]:
    """All steps in order."""
    labels = [(step.id, f"{n}. {_label(step, say)}") for n, step in enumerate(document.steps, 1)]
    return [
        StepShown(
            step,
            place + 1,
            say(STEPS[called(step)]) if called(step) in STEPS else "?",
            say(explained) if (explained := EXPLAINED.get(called(step), "")) else "",
            [told_problem(each, say) for each in problems if each.step == step.id],
            labels[place + 1 :],
            _asked(document, place, labels, say),
            _cases(document, step, say),
            _choices(step),
            place + 1 == len(document.steps),
        )
        for place, step in enumerate(document.steps)
    ]


def told_problem(problem: Problem, say: Callable[..., str]) -> str:
    """What is wrong, in the reader's language."""
    return say(problem.text).format(**problem.values)


def _label(step: Step, say: Callable[..., str]) -> str:
    name = say(STEPS[called(step)]) if called(step) in STEPS else "?"
    words = " ".join(step.said("en", "new").split()) or step.name
    if len(words) > _LONGEST_LABEL:
        words = f"{words[:_LONGEST_LABEL]}…"
    return f"{name}: {words}" if words else name


def _asked(
    document: Document, place: int, labels: Sequence[tuple[str, str]], say: Callable[..., str]
) -> Sequence[tuple[str, str]]:
    questions = [
        label
        for label, step in zip(labels[:place], document.steps[:place], strict=True)
        if step.kind == "ask" and step.about == "choice"
    ]
    own = [("language", say(N_("their language"))), ("member", say(N_("whether they are a member")))]
    return [*questions, *own]


def _cases(document: Document, step: Step, say: Callable[..., str]) -> Sequence[tuple[str, str, str]]:
    if step.kind != "branch":
        return []
    lead = {case.value: case.go for case in step.cases}
    place = document.at(step.on)
    if step.on == "language":
        values = dict(LANGUAGES)
    elif step.on == "member":
        values = {member: say(label) for member, label in MEMBERS.items()}
    else:
        question = document.steps[place] if place is not None else None
        values = {one.value: one.value for one in question.choices} if question else {}
    gone = {value: say(_NOT_ANY_MORE, answer=value) for value in lead if value not in values}
    return [(value, label, lead.get(value, "")) for value, label in (values | gone).items()]


def _choices(step: Step) -> Sequence[tuple[str, str]]:
    written = [(one.value, ", ".join(one.words)) for one in step.choices]
    return written + [("", "")] * max(1, _FEWEST_CHOICES - len(written))
