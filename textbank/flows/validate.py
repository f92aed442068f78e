"""What keeps a flow from being published, each with the step that it is about. Pure."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from textbank.flows.asks_for_reserved import asks_for_reserved, is_reserved
from textbank.flows.document import ABOUT, END, KINDS, LANGUAGES, Document, Step
from textbank.flows.public_address import is_public_url
from textbank.keywords.match import normal_word
from textbank.language import N_

MOST_STEPS: Final = 40
LONGEST_WORDS: Final = 480
LONGEST_WAIT: Final = 60
_LONGEST_NAME: Final = 40
_AFTER_A_WAIT: Final = frozenset({"say", "tag", "webhook", "wait", "branch", "hand_over", "end"})
_FIELDS: Final = frozenset({"{first_name}", "{friend_code}"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, with which step (empty: the whole flow) and which of its fields."""

    step: str
    field: str
    text: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


def problems(document: Document, *, lists: Collection[int], list_id: int | None = None) -> list[Problem]:
    """Everything that must be mended before it may be published. `lists`: those of the organization;
    `list_id`: the flow's own."""
    if not document.steps:
        return [Problem("", "steps", N_("A flow needs at least one step."))]
    if len(document.steps) > MOST_STEPS:
        return [Problem("", "steps", N_("A flow has 40 steps at most."))]
    ids = [step.id for step in document.steps]
    if len(set(ids)) != len(ids) or "" in ids or END in ids:
        return [Problem("", "steps", N_("Each step needs a name of its own."))]
    found: list[Problem] = []
    for place, step in enumerate(document.steps):
        found += _of_kind(document, place, step, lists, list_id)
        found += _of_words(step)
        found += _of_ways(document, place, step)
    if not found:
        reached = _reached(document)
        found += [
            Problem(step.id, "kind", N_("No way leads to this step."))
            for place, step in enumerate(document.steps)
            if place not in reached
        ]
    return found


def _of_kind(
    document: Document, place: int, step: Step, lists: Collection[int], list_id: int | None
) -> Iterator[Problem]:
    before = document.steps[:place]
    if step.kind not in KINDS:
        yield Problem(step.id, "kind", N_("Choose what this step does."))
    if any(one.kind == "wait" for one in before) and step.kind not in _AFTER_A_WAIT:
        yield Problem(
            step.id, "kind", N_("After a wait of days nobody is there to answer: ask before it instead.")
        )
    match step.kind:
        case "ask":
            yield from _of_question(step)
        case "branch":
            yield from _of_branch(before, step)
        case "add":
            yield from _of_list(before, step, lists)
        case "wait":
            yield from _of_wait(step, list_id)
        case "tag" if not 0 < len(step.name) <= _LONGEST_NAME:
            yield Problem(step.id, "name", N_("A tag has 1 to 40 characters."))
        case "webhook" if not is_public_url(step.url):
            yield Problem(step.id, "url", N_("It must be a public address that begins with https://."))


def _of_list(before: tuple[Step, ...], step: Step, lists: Collection[int]) -> Iterator[Problem]:
    if step.list_id not in lists:
        yield Problem(step.id, "list_id", N_("Choose one of your lists."))
    if not any(one.kind == "ask" and one.about == "choice" for one in before):
        yield Problem(
            step.id, "list_id", N_("Ask first whether they want this list: their answer is the basis.")
        )


def _of_wait(step: Step, list_id: int | None) -> Iterator[Problem]:
    if not 1 <= step.days <= LONGEST_WAIT:
        yield Problem(step.id, "days", N_("Wait for 1 to 60 days."))
    if list_id is None:
        yield Problem(
            step.id, "days", N_("Choose the list that this flow welcomes to: later texts rest on it.")
        )


def _of_question(step: Step) -> Iterator[Problem]:
    if step.about not in ABOUT:
        yield Problem(step.id, "about", N_("Choose what to ask for."))
    if step.about != "choice":
        return
    if not 0 < len(step.name) <= _LONGEST_NAME:
        yield Problem(step.id, "name", N_("Name the field that keeps the answer, in 1 to 40 characters."))
    if len(step.choices) < 2:
        yield Problem(step.id, "choices", N_("Offer at least two answers."))
    seen: set[str] = set()
    for choice in step.choices:
        words = {choice.value, *choice.words}
        for word in sorted(words):
            if is_reserved(word):
                yield Problem(
                    step.id,
                    "choices",
                    N_("{word} already means something else to carriers and to us; offer another word."),
                    {"word": word},
                )
        normal = {normal_word(word) for word in words}
        if "" in normal or normal & seen:
            yield Problem(step.id, "choices", N_("Each answer needs words that no other one has."))
        seen |= normal


def _of_branch(before: tuple[Step, ...], step: Step) -> Iterator[Problem]:
    if not step.cases:
        yield Problem(step.id, "cases", N_("Say where at least one case leads."))
    values: set[str] | None = {"language": set(LANGUAGES), "member": {"new", "returning", "present"}}.get(
        step.on
    )
    if values is None:
        asked = next((one for one in before if one.id == step.on and one.kind == "ask"), None)
        if asked is None or asked.about != "choice":
            yield Problem(
                step.id, "on", N_("Choose a question before this step, the language, or the member.")
            )
            return
        values = {one.value for one in asked.choices}
    if any(case.value not in values for case in step.cases):
        yield Problem(step.id, "cases", N_("A case is none of the possible answers."))


def _of_words(step: Step) -> Iterator[Problem]:
    said = [step.words, step.again, *step.words_for.values()]
    if step.kind in ("say", "ask") and not any(step.words.values()):
        yield Problem(step.id, "words", N_("Write what is said."))
    for words in (words for by_language in said for words in by_language.values()):
        if len(words) > LONGEST_WORDS:
            yield Problem(step.id, "words", N_("These words are too long: 480 characters at most."))
        for part in words.split("{")[1:]:
            if "{" + part.split("}")[0] + "}" not in _FIELDS:
                yield Problem(
                    step.id,
                    "words",
                    N_("Only {fields} may stand in braces."),
                    {"fields": "{first_name}, {friend_code}"},
                )
        if (word := asks_for_reserved(words)) is not None:
            yield Problem(
                step.id,
                "words",
                N_("It asks for {word}, which already means something else to carriers and to us."),
                {"word": word},
            )


def _of_ways(document: Document, place: int, step: Step) -> Iterator[Problem]:
    for go in (step.go, *(case.go for case in step.cases)):
        if go in ("", END):
            continue
        target = document.at(go)
        if target is None:
            yield Problem(step.id, "go", N_("It leads to a step that does not exist."))
        elif target <= place:
            yield Problem(step.id, "go", N_("It leads back, and somebody could go round for ever."))


def _reached(document: Document) -> set[int]:
    reached: set[int] = set()
    waiting: list[int | None] = [0]
    while waiting:
        place = waiting.pop()
        if place is None or place in reached:
            continue
        reached.add(place)
        step = document.steps[place]
        if step.kind in ("end", "hand_over"):
            continue
        waiting += [document.after(place, case.go) for case in step.cases if step.kind == "branch"]
        waiting.append(document.after(place))
    return reached
