"""What somebody answered to a question of a flow. Pure.

A text that is plainly no answer (a sentence, a question of their own) is not taken for a wrong one: it goes
to a person, and the question stays open.
"""

import re
import unicodedata
from typing import Final

from textbank.contacts.place import place_of
from textbank.flows.document import Step
from textbank.keywords.match import near, normal_word
from textbank.keywords.preferences import plain_words

_MOST_WORDS: Final = 6
_ZIP = re.compile(r"(?<!\d)(\d{5})(?:-\d{4})?(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_NAME = re.compile(
    r"^(?:(?:hi|hello|hola)[,! ]+)?(?:my name is|my names|name is|i am|i'm|im|it's|its|this is|me llamo"
    r"|mi nombre es|soy)\s+",
    re.IGNORECASE,
)
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]{1,2}[^\W\d_]+){0,3}\.?")


def read_answer(step: Step, body: str) -> str | None:
    """The answer, as it is kept; None: the text has none."""
    match step.about:
        case "zip":
            return _zip(body)
        case "email":
            found = _EMAIL.search(unicodedata.normalize("NFKC", body))
            return found[0].strip(".'-") if found else None
        case "name":
            return _name(body)
        case "choice":
            return _choice(step, body)
    return None


def may_be_an_answer(body: str) -> bool:
    """Whether a text that has no answer in it was meant as one: short, and no question."""
    return "?" not in body and 0 < len(body.split()) <= _MOST_WORDS


def _zip(body: str) -> str | None:
    found = _ZIP.search(body)
    if found is None or not may_be_an_answer(body):
        return None
    return found[1] if place_of(None, "", told=found[1]).evidence == "told" else None


def _name(body: str) -> str | None:
    name = _NAME.sub("", " ".join(body.split())).strip(" .!,")
    if not 1 < len(name) <= 60 or _PLAIN_NAME.fullmatch(name) is None:
        return None
    return name if any(letter.isupper() for letter in name[1:]) and not name.isupper() else name.title()


def _choice(step: Step, body: str) -> str | None:
    words = plain_words(body)
    if not words or not may_be_an_answer(body):
        return None
    means = {normal_word(word): one.value for one in step.choices for word in (one.value, *one.words)}
    means |= {
        str(number): one.value for number, one in enumerate(step.choices, 1) if str(number) not in means
    }
    for said in ("".join(words).upper(), words[0].upper() if len(words) <= 3 else ""):
        if said in means:
            return means[said]
    said = "".join(words).upper()
    slips = {means[other] for other in near(said, [word for word in means if len(word) >= 5])}
    return slips.pop() if len(slips) == 1 and len(said) >= 4 else None
