"""What an inbound text asks for, as far as a rule can tell: stop, help, start, wrong number, or nothing.

It errs towards stop: a plain STOP is never missed, and what a reasonable person could read as one goes to
`review`, where nothing is sent until a person decides. Order: the exact keyword, an explicit phrase, a bare
keyword as first or last sentence, then the guards for slogans and denials. Whether a YES lifts a
suppression depends on there being one, so it carries a rule of its own and the caller decides.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from textbank.sms import phrases, phrases_others, phrases_spanish, vocabulary
from textbank.sms.bare_keyword import bare, exact, is_slip
from textbank.sms.first_names import FIRST_NAMES
from textbank.sms.folding import words_of
from textbank.sms.reading import Reading, read
from textbank.sms.spelling import spelled

Kind = Literal["stop", "help", "start", "wrong_number", "review", "none"]


@dataclass(frozen=True, slots=True)
class Classification:
    """What a text asks for and the rule that said so, for the ledger."""

    kind: Kind
    rule: str


class _Sentence(NamedTuple):
    """The words of a sentence, and how they begin: what a gate is asked for."""

    words: str
    begins: set[str]


_NOTHING = Classification("none", "none")
_STOP_SIGN = "\U0001f6d1"
_SPACED = frozenset({"stop", "stopall", "unsubscribe", "optout", "end", "quit", "cancel"})
_REACTION = re.compile(
    r"^\W*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to"
    r"|removed an? [\w ]+ from"
    r'|le gusto|le encanto|se rio de|a aime|a adore)\s+"(?P<quoted>.*)"'
    r'|\S{1,4} (?:to|a) "(?P<short>.*)")\W*$',
    re.IGNORECASE | re.DOTALL,
)
_NOT_THEIRS = re.compile(
    r"^\s*>.*$|\n--\s*\n(?s:.*)\Z|\n?\(?sent (?:with|from|via) .*\Z|\n?get outlook for .*\Z"
    r"|\n?enviado desde .*\Z"
    r"|\n\s*[-–—~]+ ?(?!stop|alto|end|quit|cancel|unsub|remove|help|start|opt|baja|no\b)\w+(?: \w+){0,2}\s*\Z"
    r"|\n\s*(?:best|regards|best regards|sincerely|cheers|saludos|atentamente|cordialmente),?\s*\n?.{0,40}\Z"
    r"|\n?envoye de .*\Z|\nsee more from .*\Z|\n_{5,}.*\Z|\nOn .{5,60} wrote:.*\Z",
    re.IGNORECASE | re.MULTILINE,
)
# What the lower-case text has in it where any of the above may be found: most texts have nothing of it.
_MAY_NOT_BE_THEIRS = ("\n", ">", "sent ", "outlook for ", " desde ", "envoye de ")
_SENTENCE_END = re.compile(
    # Each begins with what may be looked at first, so that other letters cost little.
    r"[.!?;:\n…][.!?;:\n…]*(?=\s|$)|\n|\s[-–—][-–—]*\s|[-–](?<=\w[-–])\s|—"
)
_MAY_END = re.compile(r"[.!?;:\n…–—-]")
_CLAUSE_END = re.compile(r"[.!?;:,\n…]+|\s[-–—]+\s|—")


def classify(body: str) -> Classification:
    """What a text asks for."""
    return classify_read(read(body))


def classify_read(reading: Reading) -> Classification:
    """The same, of a text that was read already."""
    text, key = _theirs(reading.text), reading.key
    if (reaction := _REACTION.match(text)) is not None:
        text = reaction["quoted"] or reaction["short"] or ""
        if words_of(text) in vocabulary.STOP_WORDS:
            return Classification("stop", "stop:reaction")
        return Classification("none", "reaction")
    if text != reading.text:
        key = spelled(words_of(text))
    if "stop" in key and _is_playful(reading.body, key):
        return Classification("review", "review:playful")
    if not key and _STOP_SIGN in reading.body:
        return Classification("stop", "stop:emoji")
    return (
        _by_keyword(key)
        or _by_phrase(text, key)
        or (Classification("review", "review:emoji") if vocabulary.HOSTILE_EMOJI in reading.body else None)
        or _by_stray_stop(key)
        or _NOTHING
    )


def _theirs(text: str) -> str:
    """Without what they quote, how they sign, and what a phone adds."""
    lower = text.lower()
    for mark in _MAY_NOT_BE_THEIRS:
        if mark in lower:
            return _NOT_THEIRS.sub("", text)
    return text


def _is_playful(body: str, key: str) -> bool:
    return bare(key) in vocabulary.PLAYFUL_WORDS and phrases_others.LAUGHTER.search(body) is not None


def _by_keyword(key: str) -> Classification | None:
    """The whole text is a keyword, with courtesies, slips of the thumb or spaced letters forgiven."""
    if len(key) > 80:
        return None
    key = key.replace("# ", "").removesuffix(" #")
    if (kind := exact(key)) is not None:
        return Classification(kind, f"{kind}:exact")
    if key == "yes":
        return Classification("start", "start:yes")
    if key in vocabulary.REVIEW_WORDS:
        return Classification("review", "review:word")
    return _by_forgiven_keyword(key)


def _by_forgiven_keyword(key: str) -> Classification | None:
    if phrases.QUOTED_INSTRUCTION.fullmatch(key) is not None:
        return Classification("stop", "stop:echo")
    if key.replace(" ", "") in _SPACED:
        return Classification("stop", "stop:spaced")
    plain = bare(key)
    found: Classification | None = None
    # Not START: it lifts a suppression, so it must be meant ("no start" is not).
    if plain != key and (kind := exact(plain)) in {"stop", "help"}:
        found = Classification(kind, f"{kind}:polite")
    elif is_slip(plain):
        found = Classification("stop", "stop:slip")
    return None if found is None or phrases.NEGATED.search(key) is not None else found


def _by_phrase(text: str, key: str) -> Classification | None:
    sentences = [_Sentence(words, {word[:4] for word in words.split()}) for words in _split(text, key)]
    scoped: Classification | None = None
    for sentence in sentences:
        found = _stop_in(sentence)
        if found is not None and found.kind == "stop":
            return found
        scoped = scoped or found
    begins = sentences[0].begins.union(*[sentence.begins for sentence in sentences[1:]])
    return (
        _by_edge(text, sentences, begins)
        or scoped
        or _by_wrong_number(text, key, begins)
        or _by_start(sentences)
        or _by_review(sentences, key)
    )


def _split(text: str, key: str) -> list[str]:
    """The words of each sentence, as the phrases spell them; most texts are one, which is spelled already."""
    if _MAY_END.search(text.rstrip(".!? ")) is None:
        return [key]
    sentences = [words for part in _SENTENCE_END.split(text) if (words := words_of(part))]
    if len(sentences) < 2:
        return [key]
    spelled_already = " ".join(sentences) == key
    return sentences if spelled_already else [spelled(words) for words in sentences]


def _is_said(phrase: re.Pattern[str], gate: frozenset[str], sentences: list[_Sentence]) -> bool:
    for sentence in sentences:
        if not gate.isdisjoint(sentence.begins) and phrase.search(sentence.words) is not None:
            return True
    return False


def _by_wrong_number(text: str, key: str, begins: set[str]) -> Classification | None:
    if not phrases_others.NAME_GATE.isdisjoint(begins) and _denies_a_name(text):
        return Classification("wrong_number", "wrong_number:name")
    if phrases_others.WRONG_NUMBER_GATE.isdisjoint(begins):
        return None
    if phrases_others.WRONG_NUMBER.search(key) is None or phrases_others.OUR_OWN_SLIP.search(key) is not None:
        return None
    return Classification("wrong_number", "wrong_number:phrase")


def _denies_a_name(text: str) -> bool:
    """They say that they are not the one whom we name."""
    if phrases_others.NAMED_IN_CAPITALS.search(text) is not None:
        return True
    for clause in _CLAUSE_END.split(text):
        denied = phrases_others.DENIES.search(spelled(words_of(clause)))
        if denied is not None and denied["name"] in FIRST_NAMES and not denied["rest"]:
            return True
    return False


def _by_start(sentences: list[_Sentence]) -> Classification | None:
    if _is_said(phrases_others.START_PHRASES, phrases_others.START_GATE, sentences):
        return Classification("start", "start:phrase")
    return None


def _by_review(sentences: list[_Sentence], key: str) -> Classification | None:
    if len(key) <= 80 and phrases_others.REVIEW_WHOLE.fullmatch(key) is not None:
        return Classification("review", "review:whole")
    if _is_said(phrases_others.REVIEW_PHRASES, phrases_others.REVIEW_GATE, sentences):
        return Classification("review", "review:phrase")
    return None


_LANGUAGES = (
    ("en", phrases.STOP_PHRASES, phrases.STOP_GATE),
    ("es", phrases_spanish.STOP_PHRASES_SPANISH, phrases_spanish.SPANISH_GATE),
    ("fr", phrases_spanish.STOP_PHRASES_FRENCH, phrases_spanish.FRENCH_GATE),
)


def _stop_in(sentence: _Sentence) -> Classification | None:
    for language, pattern, gate in _LANGUAGES:
        if gate.isdisjoint(sentence.begins) or pattern.search(sentence.words) is None:
            continue
        # Only now what is dear to look for: our footer told back, and a denial before the phrase.
        told = phrases.QUOTED_INSTRUCTION.sub("", sentence.words)
        denied = phrases.NEGATED.search(told)
        for found in pattern.finditer(told):
            if denied is not None and denied.start() <= found.start() < denied.end():
                continue
            if _is_no_word_to_us(told, found.start(), found.end()):
                continue
            if phrases.SCOPED.search(told, found.start()) is not None:
                return Classification("review", "review:scoped")
            if phrases.OTHER_OBJECT.search(told[found.end() :]) is not None:
                continue
            return Classification("stop", f"stop:phrase:{language}")
    return None


def _is_no_word_to_us(told: str, start: int, end: int) -> bool:
    """Somebody else is to do it, or it is about a home, or texts are just what they ask for."""
    after = told[end:]
    return (
        phrases.THIRD_PARTY.search(told[:start]) is not None
        or phrases_spanish.HOME.search(after) is not None
        or phrases.REDIRECTED.search(after) is not None
    )


def _by_edge(text: str, sentences: list[_Sentence], begins: set[str]) -> Classification | None:
    """The first or last sentence, or what a comma sets apart at either end, is a bare keyword."""
    if vocabulary.STOP_WORDS_GATE.isdisjoint(begins):
        return None
    if len(sentences) > 1:
        edges = {bare(sentences[0].words), bare(sentences[-1].words)} & vocabulary.STOP_WORDS
        if edges - vocabulary.PLAYFUL_WORDS:
            return Classification("stop", "stop:sentence")
        if edges:
            return Classification("review", "review:sentence")
    return _by_clause(text) if "," in text else None


def _by_clause(text: str) -> Classification | None:
    clauses = [words for part in text.split(",") if (words := words_of(part))]
    if len(clauses) < 2:
        return None
    first, last = bare(clauses[0]), bare(clauses[-1])
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
    words = key.split() if "stop" in key else []
    if not 2 <= len(words) <= 4 or phrases.NEGATED.search(key) is not None:
        return None
    if words[0] == "stop" and len(words) <= 3 and not _is_a_cause(words[1:]):
        return Classification("review", "review:stray_stop")
    if words[0] in {"make", "get", "help"} and words[1] in {"them", "him", "her", "us"}:
        return None
    if words[-1] == "stop" and words[-2] not in vocabulary.BEFORE_A_NOUN:
        return Classification("review", "review:stray_stop")
    return None


def _is_a_cause(words: list[str]) -> bool:
    """What follows STOP is what a slogan is against: a known one, something being done, or things."""
    if words[0] in vocabulary.OTHER_OBJECT or words[0].endswith("ing"):
        return True
    return words[-1] not in vocabulary.NO_THINGS and words[-1].endswith("s") and len(words[-1]) > 3
