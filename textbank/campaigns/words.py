"""What a campaign says to one person: merge fields, and the blocks that nobody can edit away.

    Hi {first_name|friend}, this is {texter} from {organization}.

Every field that may be blank needs words for that case after a bar. `{{` and `}}` are plain braces. Around
the writer's words stand the organization's name (in front, unless it is in them), what the law of the
recipient's state wants added, and a way out. Nothing here reads or writes anything.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Literal

from textbank.contacts.possible_states import possible_states
from textbank.language import N_
from textbank.sms.segments import Encoding, count

Kind = Literal["blast", "p2p"]
BlockKind = Literal["name", "script", "disclaimer", "way_out"]

FIELDS: Final = ("first_name", "last_name", "zip_code", "organization", "texter")
NEVER_BLANK: Final = ("organization", "texter")
LONGEST: Final = 1_000
"""Characters of a script; a carrier takes 1,600 with everything that is added."""
LONGEST_VALUE: Final = 100
_NEAR: Final = 0.75
"""How alike a mistyped field and the one that is meant are: `firstname`, `frist_name`, `zipcode`."""

_WAY_OUT: Final = {"en": "Reply STOP to opt out.", "es": "Responde STOP para cancelar."}
# The word alone is no way out ("STOP the evictions"): somebody must be told to send it.
_TELLS_TO_SEND = re.compile(
    r"(?i:\b(?:reply|text|txt|send|respond|answer|responde|responda|env[ií]a|env[ií]e|manda|mande|contesta|"
    r"conteste|escribe|escriba)\b)"
    r"(?:\s+(?i:with|back|the\s+word|con|la\s+palabra))?\s+[\"“'‘«]?STOP\b"
)
# What spreadsheets and programs write where they have nothing.
_NOTHING: Final = frozenset({"", "none", "null", "undefined", "nan", "n/a", "na", "#n/a", "nil", "-"})
_TOKEN = re.compile(r"\{\{|\}\}|\{|\}")
_NAME = re.compile(r"[\s\-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the words that cannot stay, and where. `template` is translated by the page."""

    template: str
    position: int
    length: int = 1
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True, slots=True)
class Hole:
    """A merge field in the words."""

    name: str
    fallback: str
    position: int
    length: int
    has_fallback: bool


@dataclass(frozen=True, slots=True)
class Template:
    """Words taken apart: plain text and holes, in order."""

    parts: tuple[str | Hole, ...]
    problems: tuple[Problem, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(part for part in self.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class Person:
    """What a text to somebody depends on."""

    first_name: str = ""
    last_name: str = ""
    zip_code: str = ""
    language: str = "en"
    place: str = ""
    """Their recipient's `place`."""
    e164: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    """`contact.fields`."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text; only the script is the writer's. All words in a row are the whole body."""

    kind: BlockKind
    words: str


@dataclass(frozen=True, slots=True)
class Composed:
    """A text as it leaves."""

    body: str
    segments: int
    encoding: Encoding
    blocks: tuple[Block, ...]


@lru_cache(maxsize=512)
def parse(words: str) -> Template:
    """Take words apart. Braces that are wrong are in `problems`, and stay in the text as they are."""
    parts: list[str | Hole] = []
    problems: list[Problem] = []
    plain, at = "", 0
    while token := _TOKEN.search(words, at):
        plain += words[at : token.start()]
        at = token.end()
        if token[0] in ("{{", "}}"):
            plain += token[0][0]
        elif token[0] == "}":
            problems.append(Problem(N_("This closing brace has no opening one before it."), token.start()))
            plain += "}"
        else:
            end = _TOKEN.search(words, at)
            if end is None or end[0][0] != "}":
                problems.append(
                    Problem(
                        N_("This brace is not closed. Write a field as {{first_name|friend}}."), token.start()
                    )
                )
                plain += "{"
                continue
            inside, stop = words[at : end.start()], end.start() + 1
            parts += [plain, _hole(inside, token.start(), stop - token.start())]
            plain, at = "", stop
    parts.append(plain + words[at:])
    return Template(tuple(part for part in parts if part != ""), tuple(problems))


def _hole(inside: str, position: int, length: int) -> Hole:
    name, bar, fallback = inside.partition("|")
    return Hole(normal_name(name), " ".join(fallback.split()), position, length, bool(bar))


def normal_name(name: str) -> str:
    """A field's name as it is compared: `First Name` and `first-name` are `first_name`."""
    return _NAME.sub("_", name.strip().lower())


def problems(words: str, *, kind: Kind, fields: Collection[str] = ()) -> list[Problem]:
    """Everything that keeps these words from being sent. `fields`: names of the contacts' own fields."""
    if not words.strip():
        return [Problem(N_("There are no words yet."), 0, 0)]
    template = parse(words)
    found = list(template.problems)
    if len(words) > LONGEST:
        found.append(
            Problem(
                N_("This is {length} characters long; {longest} is the most that a text can carry."),
                LONGEST,
                len(words) - LONGEST,
                {"length": len(words), "longest": LONGEST},
            )
        )
    known = {*FIELDS, *map(normal_name, fields)}
    found += [problem for hole in template.holes for problem in _problems_of(hole, known, kind)]
    return sorted(found, key=lambda problem: problem.position)


def _problems_of(hole: Hole, known: Collection[str], kind: Kind) -> list[Problem]:
    values = {"field": hole.name}
    if hole.name not in known:
        usable = sorted(known if kind == "p2p" else set(known) - {"texter"})
        if near := get_close_matches(hole.name, usable, n=1, cutoff=_NEAR):
            template = N_("There is no field {{{field}}}. Did you mean {{{near}}}?")
            return [Problem(template, hole.position, hole.length, {**values, "near": near[0]})]
        template = N_("There is no field {{{field}}}. Nobody has it, so nothing could be put there.")
        return [Problem(template, hole.position, hole.length, values)]
    if hole.name == "texter" and kind == "blast":
        template = N_("No texter sends a blast, so {{texter}} has no name to show.")
        return [Problem(template, hole.position, hole.length)]
    if hole.name not in NEVER_BLANK and hole.fallback.lower() in _NOTHING:
        template = N_(
            "{{{field}}} is blank for some people. Add words for them after a bar, as in {{{field}|friend}}."
        )
        return [Problem(template, hole.position, hole.length, values)]
    return []


def merge(words: str, person: Person, *, organization: str, texter: str = "") -> str:
    """The words with every field filled in, with its fallback where the value is blank."""
    return "".join(
        part if isinstance(part, str) else _value(part, person, organization, texter)
        for part in parse(words).parts
    )


def _value(hole: Hole, person: Person, organization: str, texter: str) -> str:
    if hole.name == "organization":
        value: object = organization
    elif hole.name == "texter":
        value = texter
    elif hole.name in ("first_name", "last_name", "zip_code"):
        value = getattr(person, hole.name)
    else:
        value = next((v for k, v in person.fields.items() if normal_name(k) == hole.name), "")
    told = " ".join(str(value).split())[:LONGEST_VALUE]
    return hole.fallback if told.lower() in _NOTHING else told


def compose(
    words: str,
    person: Person,
    *,
    organization: str,
    disclaimers: Mapping[str, str],
    texter: str = "",
) -> Composed:
    """The text that this person gets. `disclaimers`: state letters, or empty for all states → words."""
    script = merge(words, person, organization=organization, texter=texter).strip()
    blocks = [Block("script", script)]
    if not _names(organization, script):
        blocks.insert(0, Block("name", f"{organization}: "))
    for due in due_disclaimers(person, disclaimers):
        if due.rstrip(".").lower() not in script.lower():
            blocks.append(Block("disclaimer", f"{_end(blocks[-1].words)} {due}"))
    if not has_way_out(script):
        blocks.append(Block("way_out", f"{_end(blocks[-1].words)} {way_out(person.language)}"))
    body = "".join(block.words for block in blocks)
    counted = count(body)
    return Composed(body, counted.segments, counted.encoding, tuple(blocks))


def has_way_out(words: str) -> bool:
    """Whether somebody who reads this is told to send STOP."""
    return _TELLS_TO_SEND.search(words) is not None


def way_out(language: str) -> str:
    """The words that are added where there is no way out."""
    return _WAY_OUT.get(language, _WAY_OUT["en"])


def due_disclaimers(person: Person, disclaimers: Mapping[str, str]) -> Sequence[str]:
    """What the law may want added for this person: for every state that they may be in, each words once."""
    if not disclaimers:
        return ()
    states = possible_states(person.place, person.e164)
    everywhere = disclaimers.get("", "")
    if states is None:
        due = [everywhere, *(words for state, words in sorted(disclaimers.items()) if state)]
    else:
        due = [disclaimers.get(state, everywhere) for state in sorted(states)]
    return tuple(dict.fromkeys(_as_sentence(words.strip()) for words in due if words.strip()))


def _as_sentence(words: str) -> str:
    """With an end, because the way out follows."""
    return words if words[-1] in ".!?" or "/" in words.rsplit(maxsplit=1)[-1] else f"{words}."


def _end(words: str) -> str:
    """The period that words lack if another sentence follows; none after a link, which it would break."""
    last = words.rsplit(maxsplit=1)[-1:]
    is_link = any("/" in word or "." in word for word in last)
    return "." if words[-1:].isalnum() and not is_link else ""


def _names(organization: str, words: str) -> bool:
    return _whole(organization).search(words) is not None


@lru_cache(maxsize=256)
def _whole(name: str) -> re.Pattern[str]:
    """The name as whole words: a union called ACT is not named by "fact"."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
