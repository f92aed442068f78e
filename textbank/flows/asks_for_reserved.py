"""Texts of ours that ask for a word that means something else: "reply STOP to see more", "2 = cancel". Pure.

Whoever answers such a text as they are told is opted out, or gets the answer to HELP. What tells them the
way out ("Reply STOP to cancel", "HELP for help") is meant and stays.
"""

import re
import unicodedata
from typing import Final

from textbank.keywords.preferences import RESERVED
from textbank.sms.classify import classify

_MARKS = re.compile("[\u0300-\u036f]")
_ASKED = re.compile(
    r"\b(?:reply|replying|text|send|type|write|answer|respond(?:\s+with)?|press|responde|respondan|envia|envien"
    r"|manda|escribe|contesta|marca)\b(?:\s+(?:with|back|us|the\s+word|con|a|la\s+palabra))*\s+[\"'“‘«]?"
    r"([a-z0-9]+(?:[ -](?:out|all))?)[\"'”’»]?(.{0,40})"
)
_LISTED = re.compile(r"(?<!\w)[0-9a-d]\s*(?:=|:|\)|-|–|for|para)\s*([a-z]+)")
_OR = re.compile(r"^\s*(?:,|or|o|/)\s*[\"'“‘«]?([a-z0-9]+)(.{0,40})")
_STOP_MEANT = re.compile(
    r"^\W*(?:$|(?:to|2|at\s+any\s?time|anytime|for|para|y)\b\s*(?:$|stop|end|cancel|quit|unsub|opt|leave|no\s+more|"
    r"get\s+no|receive\s+no|any|cancelar|salir|no\s+recibir|dejar|terminar|parar|darte|todo))|^\s*[.,;!)]"
)
_HELP_MEANT = re.compile(
    r"^\W*(?:$|(?:for|to|4|si|para)\b\s*(?:help|get\s+help|info|more\s+info|ayuda|saber))"
    r"|^\s*[.,;!)]"
)
_WAY_OUT: Final = frozenset({"stop", "alto"})
_WAY_TO_HELP: Final = frozenset({"help", "ayuda"})


def asks_for_reserved(words: str) -> str | None:
    """The first reserved word that the text asks for as the answer to something else; None: none."""
    text = _MARKS.sub("", unicodedata.normalize("NFKD", words)).casefold()
    asked: list[tuple[str, str]] = []
    for found in _ASKED.finditer(text):
        word, rest = found[1], found[2]
        asked.append((word, rest))
        while (more := _OR.match(rest)) is not None:
            word, rest = more[1], more[2]
            asked.append((word, rest))
    for word, rest in asked:
        if is_reserved(word) and not _is_meant(word, rest):
            return word.upper()
    return next((word.upper() for word in _LISTED.findall(text) if _is_compliance(word)), None)


def is_reserved(word: str) -> bool:
    """Whether an answer in this word would be taken for something else. A plain YES or NO is no such word: it
    means START to nobody but who is opted out, and they are asked nothing."""
    return _is_compliance(word) or word.casefold().strip() in RESERVED


def _is_compliance(word: str) -> bool:
    meaning = classify(word)
    return meaning.kind in ("stop", "help", "wrong_number", "review") or (
        meaning.kind == "start" and meaning.rule != "start:yes"
    )


def _is_meant(word: str, rest: str) -> bool:
    if word in _WAY_OUT:
        return _STOP_MEANT.match(rest) is not None
    if word in _WAY_TO_HELP:
        return _HELP_MEANT.match(rest) is not None
    return word in RESERVED  # LIST, PAUSE, LESS: they do what the text says
