"""The five things that the confirmation of a recurring programme must say, looked for in its words. Pure.

CTIA's Messaging Principles (May 2023, 5.1.2.1): the programme's name, where help is, how to stop, how
often, and what it costs.
"""

import re
from typing import Final, Literal

Element = Literal["name", "help", "stop", "frequency", "cost"]
ELEMENTS: Final[tuple[Element, ...]] = ("name", "help", "stop", "frequency", "cost")

_HELP = re.compile(r"\b(?:HELP|AYUDA)\b")
_STOP = re.compile(r"\b(?:STOP|ALTO)\b")
_OFTEN = re.compile(
    r"recurring|recurrentes?|\b(?:daily|weekly|monthly|diari\w+|semanal\w*|mensual\w*)\b"
    r"|(?:msgs?|messages?|texts?|mensajes?|mjes?)\W{0,3}(?:a|per|each|every|por|al|a\s+la|cada)?\W{0,2}"
    r"(?:day|week|month|year|d[ií]a|semana|mes|año)\b"
    r"|(?:frequency|frecuencia)",
    re.IGNORECASE,
)
_COST = re.compile(
    r"(?:msg|message|text)s?\s*(?:&|and)\s*data\s+rates?|rates?\s+(?:may\s+)?appl|"
    r"(?:aplicar?\w*|pueden\s+aplicar\w*)\s+(?:cargos|tarifas)|(?:cargos|tarifas)\b.*\baplic|\bfree\s+to\s+end\s+user",
    re.IGNORECASE,
)


def elements(words: str, organization: str, programme: str) -> dict[Element, bool]:
    """Which of the five are there."""
    said = _plain(words)
    names = [_plain(name) for name in (organization, programme) if name.strip()]
    return {
        "name": any(name in said for name in names),
        "help": _HELP.search(words) is not None,
        "stop": _STOP.search(words) is not None,
        "frequency": _OFTEN.search(words) is not None,
        "cost": _COST.search(words) is not None,
    }


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
