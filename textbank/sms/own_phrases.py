"""An organization's own phrases: what a text means by them, after our exact words and never against a STOP.

One word counts only as the whole text, for it stands in too many others; several words count wherever they
are said. Alert words count anywhere, also single ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from textbank.sms.classify import Classification, Kind
from textbank.sms.reading import read

Meaning = Literal["stop", "wrong_number", "review", "alert", "no_alert"]
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)
# What weighs more is asked for first.
_READ: Final[tuple[Kind, ...]] = ("stop", "wrong_number", "review")

# "ICE" is the agency, "ice" is in every freezer; so it counts only in capitals among smaller letters.
ALERT_WORDS: Final = (
    "locked out", "lock out", "lockout", "locked me out", "locked us out", "changed the locks",
    "changed my locks", "changed our locks", "eviction", "evicted", "evicting", "sheriff", "marshals", "ICE",
    "ice agents", "ice raid", "ice came", "ice took", "ice is here", "ice is outside", "immigration agents",
    "deported", "detained", "suicide", "suicidal", "kill myself", "killing myself", "want to die",
    "end my life", "hurt myself", "domestic violence", "gas leak", "carbon monoxide",
    "desalojo", "desalojar", "desalojaron", "nos desalojan", "me desalojan", "cambiaron la chapa",
    "cambiaron la cerradura", "cambio la cerradura", "cambio la chapa", "la migra", "migra", "redada",
    "inmigracion", "deportar", "deportaron", "detuvieron", "suicidio", "suicidarme", "matarme",
    "quitarme la vida", "quiero morir", "fuga de gas", "violencia domestica",
)  # fmt: skip
_CAPITALS: Final = "ICE"
# One word of each, and none that every other text has: a text without any of these holds none of them.
_ORDINARY: Final = frozenset({"want", "here", "came", "took", "quiero"})
_ALERT_GATE: Final = frozenset(
    max(said.lower().split(), key=lambda word: (word not in _ORDINARY, len(word))) for said in ALERT_WORDS
)


@dataclass(frozen=True, slots=True)
class OwnPhrase:
    """A phrase that is in use."""

    id: int
    key: str
    meaning: Meaning


def key_of(phrase: str) -> str:
    """The form in which phrases and texts are compared."""
    return read(phrase).key


def read_own(key: str, meaning: Classification, phrases: Sequence[OwnPhrase]) -> Classification:
    """What the text means by the organization's phrases. A text that we can read ourselves stays as it is."""
    if meaning.kind not in ("none", "review") or meaning.rule == "reaction":
        return meaning
    for kind in _READ:
        if kind == meaning.kind:
            break  # it is in review already, by a rule of ours
        for phrase in phrases:
            if phrase.meaning == kind and _says(key, phrase.key):
                return Classification(kind, f"own:{phrase.id}")
    return meaning


def alert_in(body: str, key: str, phrases: Sequence[OwnPhrase]) -> str:
    """The first alert word in a text, ours or the organization's; empty where there is none."""
    padded = f" {key} "
    for phrase in phrases:
        if phrase.meaning == "alert" and f" {phrase.key} " in padded:
            return phrase.key
    if _ALERT_GATE.isdisjoint(key.split()):
        return ""
    off = {phrase.key for phrase in phrases if phrase.meaning == "no_alert"}
    for word in ALERT_WORDS:
        if word == _CAPITALS:
            if " ice " in padded and "ice" not in off and _in_capitals(body):
                return word
        elif f" {word} " in padded and word not in off:
            return word
    return ""


def _says(key: str, phrase: str) -> bool:
    return key == phrase or (" " in phrase and f" {phrase} " in f" {key} ")


def _in_capitals(body: str) -> bool:
    words = "".join(letter if letter.isalnum() else " " for letter in body).split()
    return _CAPITALS in words and not body.isupper()
