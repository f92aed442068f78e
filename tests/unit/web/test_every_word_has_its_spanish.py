"""Every word that a page can show has its Spanish, which asks for the same values and for no coded word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from textbank.sms.classify import classify
from textbank.web.language import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted((ROOT / "textbank" / "translations" / "es").glob("*.po"))
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "translate": None}
JINJA = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "silent": "false"}
VALUES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
# A number or letter that stands for a word: "2 = cancel", "text 3 to stop", "responde 2 para cancelar".
CODED = re.compile(r"\b\w\s*(?:=|:|to|for|para)\s*[\"“«']?(\w+)", re.IGNORECASE)

Words = tuple[str, ...]


def as_words(found: str | tuple[str | None, ...] | list[str]) -> Words:
    return (found,) if isinstance(found, str) else tuple(each for each in found if isinstance(each, str))


def words_in_code() -> Iterator[tuple[str, Words]]:
    """Where each word stands, and the word (or both of a pair)."""
    for method, pattern, under in (
        ("jinja2.ext:babel_extract", "*.html", ROOT / "templates"),
        ("python", "*.py", ROOT / "textbank"),
    ):
        for path in sorted(under.rglob(pattern)):
            if "simulator" in path.parts:  # a tool for whoever develops, in English
                continue
            with path.open("rb") as source:
                for line, message, _, _ in extract(method, source, keywords=KEYWORDS, options=JINJA):
                    if any(words := as_words(message)):
                        yield f"{path.relative_to(ROOT)}:{line}", words


def spanish() -> dict[str, Message]:
    found: dict[str, Message] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="es", abort_invalid=True):
                if message.id:
                    found[as_words(message.id)[0]] = message
    return found


def values(text: str) -> set[str]:
    return {first or second for first, second in VALUES.findall(text)}


def test_every_word_has_its_spanish() -> None:
    known = spanish()
    missing = [
        f"{where}: {words[0]!r}"
        for where, words in words_in_code()
        if words[0] not in known
        or known[words[0]].fuzzy
        or not all(as_words(known[words[0]].string))
        or len(as_words(known[words[0]].id)) < len(words)
    ]
    assert missing == []


def test_a_translation_asks_for_the_values_that_the_english_gives() -> None:
    wrong = []
    for message in spanish().values():
        given = set().union(*map(values, as_words(message.id)))
        for translated in as_words(message.string):
            # A singular may say "one" instead of the number; no form may ask for more than there is.
            if not values(translated) <= given or (
                isinstance(message.id, str) and values(translated) != given
            ):
                wrong.append((message.id, translated))
    assert wrong == []


def test_a_word_has_one_spanish_only() -> None:
    told: dict[Words, dict[Words, str]] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="es"):
                if message.id:
                    told.setdefault(as_words(message.id), {})[as_words(message.string)] = path.name
    assert {english: ways for english, ways in told.items() if len(ways) > 1} == {}


def test_no_word_of_ours_gives_a_reserved_word_another_meaning() -> None:
    shown = [text for _, words in words_in_code() for text in words]
    shown += [text for message in spanish().values() for text in as_words(message.string)]
    coded = [
        text
        for text in shown
        for word in CODED.findall(text)
        if classify(word).kind in {"stop", "help", "start"}
    ]
    assert coded == []


def test_the_check_knows_a_coded_word_when_it_sees_one() -> None:
    for text in ("Reply 2 to cancel", "1 = yes, 2 = stop", "Responde 3 para cancelar"):
        assert any(classify(word).kind in {"stop", "help", "start"} for word in CODED.findall(text)), text


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_each_language_has_catalogues(language: str) -> None:
    assert list((ROOT / "textbank" / "translations" / language).glob("*.po"))
