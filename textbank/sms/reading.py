"""A text as it is read: folded once, for all who ask what it means."""

from typing import NamedTuple

from textbank.sms.folding import folded, words_of
from textbank.sms.spelling import spelled


class Reading(NamedTuple):
    """A text as it was written, folded, and its words as the phrases spell them."""

    body: str
    text: str
    key: str


def read(body: str) -> Reading:
    """Read it."""
    text = folded(body)
    return Reading(body, text, spelled(words_of(text)))
