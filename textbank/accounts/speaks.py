"""The languages that texters say they speak, and teams answer in: by code, each named in itself."""

from collections.abc import Iterable
from typing import Final

from textbank.errors import InvalidInput
from textbank.language import N_

SPOKEN: Final[dict[str, str]] = {
    "en": "English",
    "es": "Español",
    "zh": "中文",
    "vi": "Tiếng Việt",
    "ko": "한국어",
    "tl": "Tagalog",
    "ht": "Kreyòl",
    "ar": "العربية",
    "fr": "Français",
    "pt": "Português",
    "ru": "Русский",
}
"""What the database's own check allows, too."""


def spoken(codes: Iterable[str]) -> list[str]:
    """The codes in our order, each once. Raises InvalidInput for one that is none of them."""
    chosen = set(codes)
    if chosen - SPOKEN.keys():
        raise InvalidInput(N_("Choose from the languages that are offered. Nothing was kept."))
    return [code for code in SPOKEN if code in chosen]
