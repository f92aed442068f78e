"""In which language somebody is answered: that of their words, else the one that they are known to speak."""

import pytest

from textbank.sms.answer_language import answer_language


@pytest.mark.parametrize(
    "body", ["ALTO", "alto!", "Baja", "no más", "Ya no me escriban por favor", "AYUDA", "Iniciar"]
)
def test_spanish_words_are_answered_in_spanish(body: str) -> None:
    assert answer_language(body, None) == "es"
    assert answer_language(body, "en") == "es"


@pytest.mark.parametrize("body", ["STOP", "stop texting me", "HELP", "Start", "🛑", "", "Please take me off"])
def test_others_in_the_language_that_they_are_known_to_speak(body: str) -> None:
    assert answer_language(body, None) == "en"
    assert answer_language(body, "en") == "en"
    assert answer_language(body, "es") == "es"
