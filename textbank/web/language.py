"""Which language a page speaks, and its words: English in the code, Spanish read from `.po` files directly.

Every page author owns one file in `textbank/translations/es/`; all of them are merged at first use, so there
is no compile step that could be forgotten.
"""

from collections.abc import Callable
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.core import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

from textbank.language import N_

__all__ = ["COOKIE", "LANGUAGES", "LOCALES", "N_", "gettext_of", "language_of", "ngettext_of", "translations"]

LANGUAGES = {"en": "English", "es": "Español"}
"""What is offered, each in its own words."""

LOCALES = {"en": Locale("en", "US"), "es": Locale("es", "US")}
"""How times and amounts are written: Spanish as in the United States, where our readers are."""

COOKIE = "language"
_TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"


def language_of(request: Request) -> str:
    """The language picked on this device, else the visitor's, else what the browser asks for."""
    visitor = getattr(request.state, "visitor", None)
    for wanted in (request.cookies.get(COOKIE), getattr(visitor, "language", None)):
        if wanted in LANGUAGES:
            return str(wanted)
    return _preferred(request.headers.get("accept-language", ""))


def _preferred(accept: str) -> str:
    """The best of ours in an Accept-Language header; English if it names none."""
    ranked = []
    for part in accept.split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.lower().partition("-")[0]
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and weight > 0:
            ranked.append((weight, language))
    # max() keeps the first of equals, which is the order the browser meant.
    return max(ranked, key=lambda each: each[0], default=(0, "en"))[1]


@lru_cache
def translations(language: str) -> NullTranslations:
    """All words of a language; English is its own translation."""
    files = sorted((_TRANSLATIONS / language).glob("*.po"))
    if not files:
        return NullTranslations()
    merged = Catalog(locale=language)
    for file in files:
        with file.open("rb") as words:
            for message in read_po(words, locale=language):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext_of(request: Request) -> Callable[..., str]:
    """`_` for Python code that answers a request: `_("%(name)s was added.", name=name)`."""
    words = translations(language_of(request))

    def translate(message: str, **values: Any) -> str:
        translated = words.gettext(message)
        return translated % values if values else translated

    return translate


def ngettext_of(request: Request) -> Callable[[str, str, int], str]:
    """The same for words that follow a count: `ngettext("%(num)s person", "%(num)s people", 3)`."""
    words = translations(language_of(request))
    return lambda one, many, count: words.ngettext(one, many, count) % {"num": count}
