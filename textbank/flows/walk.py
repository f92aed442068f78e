"""Go through a flow: what is said and done until it asks, waits or ends. Pure, so that trying one out does
exactly what a real run does, and sends nothing."""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from textbank.flows.document import Document, Step
from textbank.flows.read_answer import may_be_an_answer, read_answer

_AGAIN: Final = {
    "zip": {
        "en": "Sorry, we did not get that. Five digits like 94110 will do.",
        "es": "Perdón, no lo entendimos. Bastan cinco números, como 94110.",
    },
    "name": {
        "en": "Sorry, we did not get that. Just your first and last name.",
        "es": "Perdón, no lo entendimos. Solo tu nombre y apellido.",
    },
    "email": {
        "en": "Sorry, that does not look like an e-mail address. Could you send it once more?",
        "es": "Perdón, no parece un correo. Lo puedes enviar otra vez?",
    },
    "choice": {
        "en": "Sorry, we did not get that. Please answer with one of: {choices}.",
        "es": "Perdón, no lo entendimos. Responde con una de estas: {choices}.",
    },
}

State = Literal["asks", "waits", "ended"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the person at this moment."""

    language: str = "en"
    member: str = "new"
    known: frozenset[str] = frozenset()
    """Of zip, name, email: what we need not ask."""
    fields: dict[str, str] = field(default_factory=dict)
    """What the contact's own fields hold: answers to earlier choices."""
    answers: dict[str, str] = field(default_factory=dict)
    """By the id of the question, in this run."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to do: `say` (words), `learn` (an answer), or the step's own kind."""

    kind: str
    step: Step
    words: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """What to do, in order, and where the run stands then."""

    effects: tuple[Effect, ...]
    state: State
    at: str = ""
    tries: int = 0
    days: int = 0
    answers: dict[str, str] = field(default_factory=dict)


def walk_from(document: Document, place: int | None, facts: Facts) -> Walk:
    """Go on from a step until the flow asks, waits or ends."""
    effects: list[Effect] = []
    answers = dict(facts.answers)
    while place is not None and place < len(document.steps):
        step = document.steps[place]
        said = Effect("say", step, step.said(facts.language, facts.member))
        if step.kind == "ask" and not _known(step, facts, answers):
            return Walk((*effects, said), "asks", step.id, answers=answers)
        following = document.after(place, _branch(step, facts, answers))
        if step.kind == "wait" and following is not None:
            at = document.steps[following].id
            return Walk(tuple(effects), "waits", at, days=step.days, answers=answers)
        if step.kind == "say":
            effects.append(said)
        elif step.kind in ("tag", "add", "webhook"):
            effects.append(Effect(step.kind, step))
        elif step.kind in ("hand_over", "end"):
            effects += [Effect("hand_over", step, said.words)] if step.kind == "hand_over" else []
            break
        place = following
    return Walk(tuple(effects), "ended", answers=answers)


def _known(step: Step, facts: Facts, answers: dict[str, str]) -> bool:
    """Whether a question need not be asked; what a field holds counts as its answer."""
    if step.about == "choice" and facts.fields.get(step.name):
        answers[step.id] = facts.fields[step.name]
        return True
    return step.about in facts.known


def walk_past_silence(document: Document, at: str, facts: Facts) -> Walk:
    """Nobody answered: no further question, nothing more said or done now; the days of a series begin."""
    place = document.at(at)
    following = None if place is None else document.after(place)
    while following is not None:
        step = document.steps[following]
        if step.kind == "wait":
            return replace(walk_from(document, following, facts), effects=())
        if step.kind in ("end", "hand_over"):
            break
        following = document.after(following, _branch(step, facts, facts.answers))
    return Walk((), "ended", answers=facts.answers)


def take_answer(document: Document, at: str, tries: int, facts: Facts, body: str) -> Walk | None:
    """What follows a text while the question `at` is open, if the text answers it; None: it does not."""
    place = document.at(at)
    if place is None:
        return None
    step = document.steps[place]
    value = read_answer(step, body)
    if value is None:
        return None
    facts = replace(facts, answers=facts.answers | {step.id: value})
    if step.about in ("zip", "name", "email"):
        facts = replace(facts, known=facts.known | {step.about})
    walk = walk_from(document, document.after(place), facts)
    return replace(walk, effects=(Effect("learn", step, value), *walk.effects))


def ask_again(document: Document, at: str, tries: int, facts: Facts, body: str) -> Walk | None:
    """What follows a text that was meant as the answer and is none: once more in kind words, then on without.
    None where it was not meant as one."""
    place = document.at(at)
    if place is None or not may_be_an_answer(body):
        return None
    step = document.steps[place]
    if tries > 0:
        return walk_from(document, document.after(place), facts)
    words = step.again.get(facts.language) or _AGAIN[step.about][facts.language].format(
        choices=", ".join(one.value for one in step.choices)
    )
    return Walk((Effect("say", step, words),), "asks", at, tries=1, answers=facts.answers)


def _branch(step: Step, facts: Facts, answers: dict[str, str]) -> str:
    """Where a branch leads; empty for every other step."""
    if step.kind != "branch":
        return ""
    looked_at = {"language": facts.language, "member": facts.member}.get(step.on) or answers.get(step.on, "")
    return next((case.go for case in step.cases if case.value.casefold() == looked_at.casefold()), step.go)
