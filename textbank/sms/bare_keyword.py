"""Whether a few words are a keyword: by themselves, without the courtesies around them, or but for a slip."""

import re
from typing import Literal

from textbank.sms.vocabulary import (
    COURTESIES,
    FILLERS,
    HELP_WORDS,
    MOST_WORDS,
    START_WORDS,
    STOP_SLIPS,
    STOP_WORDS,
)

_RUN = re.compile(r"(\w)\1+")


def exact(key: str) -> Literal["stop", "help", "start"] | None:
    """The kind of keyword that this is."""
    if key in STOP_WORDS:
        return "stop"
    if key in HELP_WORDS:
        return "help"
    return "start" if key in START_WORDS else None


def bare(key: str) -> str:
    """Without courtesies and without a word said over and over."""
    said = key.split()
    words = [word for word in said if word not in FILLERS]
    if len(words) > MOST_WORDS and words[0] != words[-1]:
        return key  # no keyword, whatever is left out
    polite = " ".join([word for word in said if word not in COURTESIES])
    if polite in STOP_WORDS:
        return polite  # "no more please": here "no" is no filler
    if len(words) > 1 and len(set(words)) == 1:
        del words[1:]
    return " ".join(words) or key


def is_slip(word: str) -> bool:
    """A stop word with a slip of the thumb or letters drawn out; only ever asked of a whole text."""
    if " " in word or len(word) < 3:
        return False
    short = word if _RUN.search(word) is None else _RUN.sub(r"\1", word)
    if word in STOP_SLIPS or short in {"stop", "stopal", "quit", "end", "cancel", "optout"}:
        return short != "end" or word[-1] == "d"
    return word.startswith("un") and 8 <= len(word) <= 13 and _distance(word, "unsubscribe") <= 2


def _distance(one: str, other: str) -> int:
    """Letters to add, leave out or change to make one word the other."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            before, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, before + (letter != against)),
            )
    return row[-1]
