"""An organization's own phrases add to what is understood, and never take a STOP away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.sms import vocabulary
from textbank.sms.classify import classify
from textbank.sms.own_phrases import ALERT_WORDS, OwnPhrase, alert_in, key_of, read_own


def own(phrase: str, meaning: str, number: int = 7) -> OwnPhrase:
    return OwnPhrase(number, key_of(phrase), meaning)  # type: ignore[arg-type]


def understood(text: str, *phrases: OwnPhrase) -> tuple[str, str]:
    meaning = read_own(key_of(text), classify(text), phrases)
    return meaning.kind, meaning.rule


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Déjame en blanco, por fa", "stop"),
        ("oye DEJAME EN BLANCO", "stop"),
        ("Basura", "review"),
        ("¡BASURA!", "review"),
        ("la basura no la recogen", "none"),
        ("He sold that phone", "wrong_number"),
        ("the rent is due", "none"),
        ("Liked “dejame en blanco”", "none"),
    ],
)
def test_several_words_count_anywhere_and_one_only_alone(text: str, kind: str) -> None:
    phrases = [
        own("déjame en blanco", "stop", 1),
        own("basura", "review", 2),
        own("sold that phone", "wrong_number", 3),
    ]
    assert understood(text, *phrases)[0] == kind


def test_the_rule_names_the_phrase() -> None:
    assert understood("no way jose!!", own("No way, José", "stop", 41)) == ("stop", "own:41")


@given(st.sampled_from(sorted(vocabulary.STOP_WORDS)), st.sampled_from(["review", "wrong_number", "alert"]))
def test_no_phrase_makes_a_stop_anything_else(word: str, meaning: str) -> None:
    for text in (word, f"{word} please", word.upper()):
        assert understood(text, own(word, meaning), own(text, meaning))[0] == "stop"


def test_a_phrase_never_answers_for_help_or_start() -> None:
    phrases = [own("help", "stop"), own("start", "wrong_number")]
    assert understood("HELP", *phrases) == ("help", "help:exact")
    assert understood("start", *phrases) == ("start", "start:exact")


def test_a_phrase_never_ends_a_review_but_by_a_stop_or_a_wrong_number() -> None:
    unclear = "Why do you keep texting me"
    assert understood(unclear, own("keep texting me", "alert"))[0] == "review"
    assert understood(unclear, own("keep texting me", "stop"))[0] == "stop"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("My landlord LOCKED OUT my neighbor", "locked out"),
        ("I got an eviction notice", "eviction"),
        ("Nos llegó el desalojo", "desalojo"),
        ("ICE is at the corner", "ICE"),
        ("There are ice agents here", "ice agents"),
        ("bring ice for the drinks", ""),
        ("BRING ICE FOR THE DRINKS", ""),
        ("I want to die", "want to die"),
        ("see you at the meeting", ""),
    ],
)
def test_alert_words_are_heard_in_both_languages(text: str, word: str) -> None:
    assert alert_in(text, key_of(text), []) == word


@pytest.mark.parametrize("word", ALERT_WORDS)
def test_every_alert_word_is_heard_amid_others(word: str) -> None:
    text = f"please know that {word} since monday"
    assert alert_in(text, key_of(text), [])


def test_an_organization_adds_alert_words_and_turns_ours_off() -> None:
    phrases = [own("eviction", "no_alert"), own("Ice", "no_alert"), own("boiler", "alert")]
    assert alert_in("eviction", "eviction", phrases) == ""
    assert alert_in("ICE is here", key_of("ICE is at work"), phrases) == ""
    assert alert_in("The boiler broke", key_of("The boiler broke"), phrases) == "boiler"


def test_every_alert_word_is_written_as_texts_are_read() -> None:
    assert [word for word in ALERT_WORDS if word != "ICE" and key_of(word) != word] == []
