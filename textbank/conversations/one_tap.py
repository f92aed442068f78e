"""Whether an answer that staff prepared may be offered for one press: only where a glance is enough.

It looks at everything that they wrote since our last text. One press sends words that nobody types, so where
anything calls for reading (a wish to be left alone, a wrong number, abuse, two questions in one) there is no
such button, and the texter chooses or writes. Nor where one answer for all would be wrong or cruel: to a no,
to somebody who asks for another language, to news of an illness or a death.
"""

import re
from collections.abc import Sequence
from typing import Final

from textbank.sms.abusive import is_abusive
from textbank.sms.classify import classify
from textbank.sms.folding import folded, words_of

_ASKING: Final = "what when where who why how which que cuando donde quien cual como cuanto"
_ASKS: Final = frozenset(_ASKING.split())
_QUESTION: Final = re.compile(r"[?\u00bf]+")
_NO: Final = (
    "no not nope nah never cant cannot couldnt wont wouldnt dont doesnt didnt isnt unable sorry "
    "unfortunately busy already nunca jamas tampoco ocupado ocupada lamentablemente perdon"
)
_OTHER_LANGUAGE: Final = "english spanish ingles espanol understand entiendo hablo habla hablas hablan"
_GRAVE: Final = (
    "dead died dying deceased death funeral hospital sick cancer murio muerto muerta fallecio fallecido "
    "fallecida enfermo enferma"
)
_READ_FIRST: Final = frozenset(f"{_NO} {_OTHER_LANGUAGE} {_GRAVE}".split())
LONGEST: Final = 160
"""Whoever writes more than one segment has more to say than one answer for all can take up."""


def may_answer_in_one_tap(bodies: Sequence[str]) -> bool:
    """Whether one press may answer these texts of theirs, oldest first."""
    if not bodies or not any(body.strip() for body in bodies):
        return False
    whole = "\n".join(bodies)
    if len(whole) > LONGEST or asks_twice(whole):
        return False
    return not any(is_abusive(body) or not _is_plain(body) for body in bodies)


def asks_twice(body: str) -> bool:
    """Whether there is more than one question in it, by its marks or by its words."""
    text = folded(body).replace("\u00bf", "")
    if len(_QUESTION.findall(text)) > 1:
        return True
    return len(_ASKS.intersection(words_of(text).split())) > 1


def _is_plain(body: str) -> bool:
    if _READ_FIRST.intersection(words_of(folded(body)).split()):
        return False
    meaning = classify(body)
    return (meaning.kind == "none" and meaning.rule != "reaction") or meaning.rule == "start:yes"
