"""Practice: six scripted supporters, the right move for each, and what to say of a wrong one. Pure.

A texter's progress is one short string, kept with the member: how many steps of which round are done. In the
full round each exchange has two steps, the first text and the answer; whoever has texted before may show it
on three answers instead, and is led through all six after one mistake.
"""

from dataclasses import dataclass
from typing import Final, Literal

from textbank.language import N_

Out = Literal["out:asked", "out:abusive", "out:wrong", "out:moved", "out:no"]
DONE: Final = "done"
SKIPPED: Final = "skipped"
"""They would rather begin, where staff leave it to them."""

ANSWERS: Final[dict[str, str]] = {
    "great": N_("Wonderful! It starts at 6 pm, and there is food. See you there!"),
    "where": N_("It is at the community hall, 12 Main Street. Can you come?"),
    "thanks": N_("Thank you for telling me! Maybe another time."),
}
"""The ready answers, by key."""

OPT_OUTS: Final[dict[str, str]] = {
    "out:asked": N_("They ask us to stop"),
    "out:abusive": N_("They are abusive"),
    "out:wrong": N_("Wrong number"),
    "out:moved": N_("They moved away"),
    "out:no": N_("They just say no"),
}
"""The reasons in the opt-out sheet, by key."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One supporter: what they write, the right moves, and what to say of them and of others."""

    key: str
    name: str
    writes: str
    right: tuple[str, ...]
    praise: str
    hint: str
    """Of any other move than those below."""
    told: tuple[tuple[str, str], ...] = ()

    def of(self, move: str) -> str:
        """What to say of a wrong move."""
        for key, words in self.told:
            if move == key or (key == "out" and move.startswith("out:")):
                return words
        return self.hint


EXCHANGES: Final[tuple[Exchange, ...]] = (
    Exchange(
        "yes",
        "Ana",
        N_("Yes, I will be there!"),
        ("great",),
        N_("Right: one tap, and Ana knows when to come."),
        N_("Ana says yes. Choose the answer that is glad about it."),
        (("out", N_("Ana wants to come: an opt-out would mean that she never hears from us again.")),),
    ),
    Exchange(
        "question",
        "Ben",
        N_("Where is it?"),
        ("where",),
        N_("Right: whoever asks, gets an answer."),
        N_("Ben asks where it is. Choose the answer that tells him."),
        (("out", N_("Ben only asks. An opt-out is for people who want no more texts.")),),
    ),
    Exchange(
        "no",
        "Carla",
        N_("No, I can’t make it."),
        ("thanks", "done"),
        N_("Right: a no is not a stop. Carla may come next time."),
        N_("Carla can’t come. Thank her, and leave the door open."),
        (
            ("out:no", N_("True, she just says no. That needs no opt-out: thank her instead.")),
            ("out", N_("No is not stop. An opt-out would mean that Carla is never asked again: thank her.")),
        ),
    ),
    Exchange(
        "wrong",
        "Dev",
        N_("Wrong number. I don’t know any Dev."),
        ("out:wrong",),
        N_("Right: this number is not texted again, and Dev’s other numbers still are."),
        N_("This is not Dev’s phone. Open “Opt out” and choose “Wrong number”."),
    ),
    Exchange(
        "stop",
        "Eva",
        N_("Please stop texting me"),
        ("out:asked",),
        N_("Right, and at once. Whoever writes just STOP is opted out without you."),
        N_("Eva asks us to stop. That always counts: open “Opt out”, and say nothing more."),
        (("out", N_("An opt-out it is, but for another reason: Eva asks us to stop.")),),
    ),
    Exchange(
        "rude",
        "Finn",
        N_("Get lost, you idiots!"),
        ("out:abusive",),
        N_("Right: you need not answer that. Nobody here will text Finn again."),
        N_("You need not answer abuse. Open “Opt out” and choose “They are abusive”."),
        (("out", N_("An opt-out it is, but for another reason: Finn is abusive.")),),
    ),
)
QUICK: Final = tuple(each for each in EXCHANGES if each.key in ("question", "no", "stop"))


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody is: which supporter, of how many, and whether the first text or an answer is due."""

    exchange: Exchange
    number: int
    of: int
    sends: bool
    quick: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a move: the progress from now on, and what to say. `right` is false for a mistake."""

    progress: str
    words: str
    right: bool

    @property
    def is_done(self) -> bool:
        return self.progress == DONE


def step_of(progress: str) -> Step | None:
    """Where a progress stands; None where practice is done. What cannot be read begins anew."""
    if progress == DONE:
        return None
    quick = progress.startswith("q")
    digits = progress.removeprefix("q")
    done = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 3 else 0
    if quick:
        done = min(done, len(QUICK) - 1)
        return Step(QUICK[done], done + 1, len(QUICK), sends=False, quick=True)
    done = min(done, 2 * len(EXCHANGES) - 1)
    number, half = divmod(done, 2)
    return Step(EXCHANGES[number], number + 1, len(EXCHANGES), sends=half == 0, quick=False)


def name_of(step: Step) -> str:
    """The progress that stands at this step: what a page sends back, so that a double tap counts once."""
    if step.quick:
        return f"q{step.number - 1}"
    return str(2 * (step.number - 1) + (0 if step.sends else 1))


def moved(step: Step, move: str) -> Moved:
    """Judge a move. The first text has one only; a mistake in the short round leads to the full one."""
    if step.sends:
        return Moved(name_of(_next(step)), "", True)
    if move not in step.exchange.right:
        return Moved("0" if step.quick else name_of(step), step.exchange.of(move), False)
    if step.number == step.of:
        return Moved(DONE, step.exchange.praise, True)
    return Moved(name_of(_next(step)), step.exchange.praise, True)


def _next(step: Step) -> Step:
    if step.sends:
        return Step(step.exchange, step.number, step.of, sends=False, quick=False)
    following = (QUICK if step.quick else EXCHANGES)[step.number]
    return Step(following, step.number + 1, step.of, sends=not step.quick, quick=step.quick)
