"""Which ready-made answers fit best what somebody wrote, first.

Each word of theirs that an answer also has counts, in its title three times as much as in its text, and the
less the more answers have it: "where" tells answers apart, "you" does not. Words with the same first four
letters are alike ("meet", "meeting"). Answers that share nothing stay in the order in which staff put them.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from textbank.sms.folding import folded, words_of

IN_TITLE: Final = 3.0
_SHORTEST: Final = 3
_STEM: Final = 4


class Answer(Protocol):
    """What is ranked."""

    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...


A = TypeVar("A", bound=Answer)


def rank(said: str, answers: Sequence[A]) -> list[A]:
    """The answers, best first."""
    asked = _stems(said)
    titles = [_stems(answer.title) for answer in answers]
    bodies = [_stems(answer.body) for answer in answers]
    spread = Counter(stem for title, body in zip(titles, bodies, strict=True) for stem in title | body)
    scores = [
        sum(IN_TITLE / spread[stem] for stem in asked & title)
        + sum(1 / spread[stem] for stem in asked & body)
        for title, body in zip(titles, bodies, strict=True)
    ]
    order = sorted(range(len(answers)), key=lambda position: -scores[position])
    return [answers[position] for position in order]


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in words_of(folded(text)).split() if len(word) >= _SHORTEST}
