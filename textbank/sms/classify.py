"""What an inbound text asks for, as far as a rule can tell: stop, help, start, wrong number, or nothing.

It errs towards stop: a plain STOP is never missed, and what a reasonable person could read as one goes to
`review`, where nothing is sent until a person decides. Order: the exact keyword, an explicit phrase, a bare
keyword as first or last sentence, then the guards for slogans and denials. Whether a YES lifts a
suppression depends on there being one, so it carries a rule of its own and the caller decides.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from textbank.sms import phrases, vocabulary

Kind = Literal["stop", "help", "start", "wrong_number", "review", "none"]


@dataclass(frozen=True, slots=True)
class Classification:
    """What a text asks for and the rule that said so, for the ledger."""

    kind: Kind
    rule: str


_STOP_SIGN = "\U0001f6d1"
_SPACED = frozenset({"stop", "stopall", "unsubscribe", "optout", "end", "quit", "cancel"})
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_FOLDED_QUOTES = str.maketrans("‘’‚‛′`´ʼ“”„‟″«»", "''''''''\"\"\"\"\"\"\"")
_MARKS = re.compile("[\u0300-\u036f]")
_REACTION = re.compile(
    r"^\s*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to"
    r"|removed an? [\w ]+ from"
    r'|le gusto|le encanto|se rio de|a aime|a adore)\s+"(?P<quoted>.*)"'
    r'|\S{1,4} (?:to|a) "(?P<short>.*)")\s*$',
    re.IGNORECASE | re.DOTALL,
)
_NOT_THEIRS = re.compile(
    r"^\s*>.*$|\n--\s*\n.*\Z|\n?\(?sent (?:with|from|via) .*\Z|\n?get outlook for .*\Z"
    r"|\n?enviado desde .*\Z"
    r"|\n?envoye de .*\Z|\nsee more from .*\Z|\n_{5,}.*\Z|\nOn .{5,60} wrote:.*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE_END = re.compile(r"[.!?;:\n…]+(?=\s|$)|\n|\s[-–—]+\s|(?<=\w)[-–]\s|—")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_NOT_A_WORD = re.compile(r"[^\w#]+|_+")
_RUN = re.compile(r"(\w)\1+")


def classify(body: str) -> Classification:
    """What a text asks for."""
    text = _folded(body)
    if (reaction := _REACTION.match(text)) is not None:
        text = reaction["quoted"] or reaction["short"] or ""
        if _words(text) in vocabulary.STOP_WORDS:
            return Classification("stop", "stop:reaction")
        return Classification("none", "reaction")
    text = _NOT_THEIRS.sub("", text)
    key = _words(text)
    if _bare(key) in vocabulary.PLAYFUL_WORDS and phrases.LAUGHTER.search(body) is not None:
        return Classification("review", "review:playful")
    if not key and _STOP_SIGN in body:
        return Classification("stop", "stop:emoji")
    return (
        _by_keyword(key)
        or _by_phrase(text, key)
        or (Classification("review", "review:emoji") if vocabulary.HOSTILE_EMOJI in body else None)
        or _by_stray_stop(key)
        or Classification("none", "none")
    )


def _folded(body: str) -> str:
    """Compatibility forms, accents, quotes and invisible characters folded; capitals and lines kept."""
    if body.isascii():
        return body.strip()
    text = _INVISIBLE.sub("", body).translate(_FOLDED_QUOTES)
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_FOLDED_QUOTES).strip()


def _words(text: str) -> str:
    """Lower-case words with single spaces: what keywords and phrases are looked up as."""
    return _NOT_A_WORD.sub(" ", _APOSTROPHE.sub("", text.lower()).replace("#", " # ")).strip()


def _by_keyword(key: str) -> Classification | None:
    """The whole text is a keyword, with courtesies, slips of the thumb or spaced letters forgiven."""
    if len(key) > 80:
        return None
    key = key.replace("# ", "").removesuffix(" #")
    if (kind := _exact(key)) is not None:
        return Classification(kind, f"{kind}:exact")
    if key == "yes":
        return Classification("start", "start:yes")
    if key in vocabulary.REVIEW_WORDS:
        return Classification("review", "review:word")
    return _by_forgiven_keyword(key)


def _exact(key: str) -> Kind | None:
    if key in vocabulary.STOP_WORDS:
        return "stop"
    if key in vocabulary.HELP_WORDS:
        return "help"
    return "start" if key in vocabulary.START_WORDS else None


def _by_forgiven_keyword(key: str) -> Classification | None:
    if phrases.QUOTED_INSTRUCTION.fullmatch(key) is not None:
        return Classification("stop", "stop:echo")
    if key.replace(" ", "") in _SPACED:
        return Classification("stop", "stop:spaced")
    if phrases.NEGATED.search(key) is not None:
        return None
    bare = _bare(key)
    # Not START: it lifts a suppression, so it must be meant ("no start" is not).
    if bare != key and (kind := _exact(bare)) in {"stop", "help"}:
        return Classification(kind, f"{kind}:polite")
    return Classification("stop", "stop:slip") if _is_slip(bare) else None


def _bare(key: str) -> str:
    """Without courtesies and without a word said over and over."""
    words = [word for word in key.split() if word not in vocabulary.FILLERS]
    if len(words) > 1 and len(set(words)) == 1:
        del words[1:]
    return " ".join(words) or key


def _is_slip(word: str) -> bool:
    """A stop word with a slip of the thumb or letters drawn out; only ever asked of a whole text."""
    if " " in word or len(word) < 3:
        return False
    short = _RUN.sub(r"\1", word)
    if word in vocabulary.STOP_SLIPS or short in {"stop", "stopal", "quit", "end", "cancel", "optout"}:
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


def _by_phrase(text: str, key: str) -> Classification | None:
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _words(part))]
    scoped: Classification | None = None
    for sentence in sentences:
        found = _stop_in(sentence)
        if found is not None and found.kind == "stop":
            return found
        scoped = scoped or found
    return _by_edge(text, sentences) or scoped or _by_wrong_number(text, key) or _by_review(sentences)


def _by_wrong_number(text: str, key: str) -> Classification | None:
    words = key.split()
    if not phrases.NAME_GATE.isdisjoint(words) and phrases.DENIES_A_NAME.search(text) is not None:
        return Classification("wrong_number", "wrong_number:name")
    if phrases.WRONG_NUMBER_GATE.isdisjoint(words) or phrases.WRONG_NUMBER.search(key) is None:
        return None
    return Classification("wrong_number", "wrong_number:phrase")


def _by_review(sentences: list[str]) -> Classification | None:
    for sentence in sentences:
        if phrases.REVIEW_GATE.isdisjoint(sentence.split()):
            continue
        if phrases.REVIEW_PHRASES.search(sentence) is not None:
            return Classification("review", "review:phrase")
    return None


def _stop_in(sentence: str) -> Classification | None:
    for pattern, language in (
        (phrases.STOP_PHRASES, "en"),
        (phrases.STOP_PHRASES_SPANISH, "es"),
        (phrases.STOP_PHRASES_FRENCH, "fr"),
    ):
        if language == "en" and phrases.STOP_GATE.isdisjoint(sentence.split()):
            continue
        if pattern.search(sentence) is None:
            continue
        # Only now what is dear to look for: our footer told back, and a denial before the phrase.
        told = phrases.QUOTED_INSTRUCTION.sub("", sentence)
        denied = phrases.NEGATED.search(told)
        for found in pattern.finditer(told):
            if denied is not None and denied.start() <= found.start() < denied.end():
                continue
            if phrases.SCOPED.search(told, found.start()) is not None:
                return Classification("review", "review:scoped")
            return Classification("stop", f"stop:phrase:{language}")
    return None


def _by_edge(text: str, sentences: list[str]) -> Classification | None:
    """The first or last sentence, or what a comma sets apart at either end, is a bare keyword."""
    if len(sentences) > 1:
        edges = {_bare(sentences[0]), _bare(sentences[-1])} & vocabulary.STOP_WORDS
        if edges - vocabulary.PLAYFUL_WORDS:
            return Classification("stop", "stop:sentence")
        if edges:
            return Classification("review", "review:sentence")
    return _by_clause(text)


def _by_clause(text: str) -> Classification | None:
    clauses = [words for part in text.split(",") if (words := _words(part))]
    if len(clauses) < 2:
        return None
    first, last = _bare(clauses[0]), _bare(clauses[-1])
    if first in vocabulary.NOT_AT_AN_EDGE:
        return None
    if last in vocabulary.STOP_WORDS:
        return Classification("stop", "stop:clause")
    if first not in vocabulary.STOP_WORDS:
        return None
    if first in vocabulary.EVENT_WORDS:
        return Classification("review", "review:clause")
    return Classification("stop", "stop:clause")


def _by_stray_stop(key: str) -> Classification | None:
    """STOP at an end of a few words that are no known slogan, place or denial: a person decides."""
    words = key.split()
    if not 2 <= len(words) <= 4 or phrases.NEGATED.search(key) is not None:
        return None
    if words[0] == "stop" and len(words) <= 3 and words[1] not in vocabulary.OTHER_OBJECT:
        return Classification("review", "review:stray_stop")
    if words[-1] == "stop" and words[-2] not in vocabulary.BEFORE_A_NOUN:
        return Classification("review", "review:stray_stop")
    return None
