"""A text is found in the carrier's list however the carrier shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.sms.normal_form import normal_form
from textbank.sms.segments import smart_encode

SENT = "Hi José, it’s Lee… can you make it Saturday? 👍 https://act.example.org/rsvp?id=7 – thanks"


@pytest.mark.parametrize(
    "listed",
    [
        "Hi José, it's Lee... can you make it Saturday? 👍 https://act.example.org/rsvp?id=7 - thanks",
        "Hi Jose\u0301, it’s Lee… can you make it Saturday? 👍 https://act.example.org/rsvp?id=7 – thanks",
        "Hi José, it’s Lee… can you make it Saturday? 👍 https://twil.io/Ab3dE – thanks",
        "Hi José, it’s Lee… can you make it Saturday? 👍 twil.io/Ab3dE – thanks",
        "Hi José, it's Lee... can you make it Saturday? ?? https://act.example.org/rsvp?id=7 - thanks",
        "Hi José, it’s Lee…  can you\u00a0make it\r\nSaturday? 👍 https://act.example.org/rsvp?id=7 – thanks",
    ],
    ids=["smart-encoded", "decomposed", "shortened", "shortened-bare", "question-marks", "spaces"],
)
def test_a_text_is_recognised_after_what_a_carrier_does_to_it(listed: str) -> None:
    assert normal_form(listed) == normal_form(SENT)


def test_an_accent_that_became_a_question_mark_is_survived() -> None:
    assert normal_form("Reunión en Málaga") == normal_form("Reuni?n en M?laga")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hi Ana, it's Lee", "Hi Ann, it's Lee"),
        ("YES", "yes"),
        ("你好", "再见"),
        ("Здравствуйте", "До свидания"),
        ("👍", "🎉"),
        ("👍", "?"),
        ("Room 1/2", "Room 12"),
    ],
)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_a_text_of_nothing_but_a_link_is_still_something() -> None:
    assert normal_form("https://act.example.org/a") != ""


@given(st.text(max_size=300))
def test_smart_encoding_on_the_way_never_hides_a_text(text: str) -> None:
    assert normal_form(smart_encode(text)) == normal_form(text)


@given(st.text(alphabet=st.sampled_from("abcAé ñ?!\u00a0\t"), max_size=200), st.integers(1, 4))
def test_runs_of_spaces_do_not_matter(text: str, width: int) -> None:
    assert normal_form(text.replace(" ", " " * width)) == normal_form(text)


@given(st.text(alphabet=st.sampled_from("abcá👍ő™ "), min_size=1, max_size=100))
def test_characters_replaced_by_question_marks_do_not_matter(text: str) -> None:
    text = f"words {text}".replace("™", "")
    replaced = "".join("?" if character in "á👍ő" else character for character in text)
    assert normal_form(replaced) == normal_form(text)
