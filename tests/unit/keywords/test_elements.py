"""The five things a confirmation must say are found in its words, and missed where they are not."""

import pytest

from textbank.keywords.confirmation import confirmation
from textbank.keywords.elements import ELEMENTS, Element, elements


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("frequency", ["", "Up to 6 msgs/month", "Hasta 6 mensajes al mes", "4 texts a week"])
def test_our_own_words_have_all_five(language: str, frequency: str) -> None:
    words = confirmation("Riverside Tenants Union", "Rent Alerts", frequency, language)
    assert elements(words, "Riverside Tenants Union", "Rent Alerts") == dict.fromkeys(ELEMENTS, True)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("Welcome! 2 msgs/week. Msg & data rates may apply. HELP for help, STOP to end", "name"),
        ("rent alerts: 2 msgs/week. Message and data rates may apply. STOP ends it", "help"),
        ("Rent Alerts: 2 msgs/week. Data rates may apply. HELP for help; we never stop", "stop"),
        ("Rent Alerts: welcome. Msg&data rates may apply. HELP for help, STOP to end", "frequency"),
        ("Rent Alerts: daily news. HELP for help, STOP to end", "cost"),
    ],
)
def test_what_is_missing_is_missed_and_nothing_else(words: str, missing: Element) -> None:
    found = elements(words, "Riverside Tenants Union", "Rent Alerts")
    assert [each for each in ELEMENTS if not found[each]] == [missing]


def test_nothing_has_none_of_them() -> None:
    assert not any(elements("", "Riverside", "Rent Alerts").values())
