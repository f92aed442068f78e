"""One press may answer only what a glance takes in; abuse is known by whole words; answers are ranked."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.conversations.one_tap import asks_twice, may_answer_in_one_tap
from textbank.conversations.rank_answers import rank
from textbank.sms.abusive import is_abusive
from textbank.sms.classify import classify

PLAIN = ("Yes", "Sure, I will come", "Where is it?", "¿Dónde es?", "ok!", "Sí", "Maybe", "What time?")
BARRED = (
    "STOP",
    "stop texting me",
    "wrong number",
    "You have the wrong person",
    "fuck off",
    "Eres una puta",
    "Where is it? And when?",
    "when and where is it",
    "¿Cuándo y dónde es?",
    "Who is this? How did you get my number?",
    "Leave me alone",
    "HELP",
    "no thanks",
    "I can’t make it",
    "Sorry, I am busy",
    "No puedo ir",
    "¿Hablan español?",
    "She died in May",
    'Liked "See you on Saturday"',
    "",
    "   ",
    "\U0001f595",
)


@pytest.mark.parametrize("body", PLAIN)
def test_a_plain_text_may_be_answered_in_one_tap(body: str) -> None:
    assert may_answer_in_one_tap([body])


@pytest.mark.parametrize("body", BARRED)
def test_a_text_that_must_be_read_is_not_answered_in_one_tap(body: str) -> None:
    assert not may_answer_in_one_tap([body])


def test_nothing_to_answer_offers_nothing() -> None:
    assert not may_answer_in_one_tap([])


@given(
    st.lists(st.sampled_from(PLAIN[:2] + PLAIN[4:7]), max_size=3),
    st.sampled_from(BARRED[:19]),
    st.integers(0, 3),
)
def test_one_barred_text_among_theirs_is_enough(others: list[str], barred: str, where: int) -> None:
    texts = [*others[:where], barred, *others[where:]]
    assert not may_answer_in_one_tap(texts)


@given(st.text(max_size=300))
def test_whatever_may_be_a_wish_to_be_left_alone_is_never_answered_in_one_tap(body: str) -> None:
    if may_answer_in_one_tap([body]):
        assert classify(body).kind in ("none", "start")
        assert not is_abusive(body)
        assert not asks_twice(body)
        assert len(body) <= 160


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_question_marks_apart_are_two_questions(first: str, second: str) -> None:
    assert asks_twice(f"{first}? so {second}?")


@pytest.mark.parametrize(
    "body",
    ["You are a piece of SHIT", "F**k this", "pendejos", "Go to hell!", "kill yourself", "hijo de puta"],
)
def test_abuse_is_known_by_whole_words(body: str) -> None:
    assert is_abusive(body)


@pytest.mark.parametrize(
    "body",
    [
        "I hate to miss it",
        "Dick will come",
        "Scunthorpe",
        "el computador",
        "She passed the class",
        "Cómo están",
    ],
)
def test_ordinary_words_are_not_hidden(body: str) -> None:
    assert not is_abusive(body)


@dataclass(frozen=True)
class Ready:
    title: str
    body: str


ANSWERS = [
    Ready("Cannot come", "Thank you for telling us, another time!"),
    Ready("Who are you", "We are your neighbours' union."),
    Ready("Where", "It is at the hall on Elm Street, at six."),
    Ready("Childcare", "There is childcare at the meeting."),
]


def test_the_answer_whose_title_has_their_words_stands_first() -> None:
    assert rank("where do we meet?", ANSWERS)[0].title == "Where"
    assert rank("Is there a sitter for children?", ANSWERS)[0].title == "Childcare"
    assert [each.title for each in rank("ok", ANSWERS)] == [each.title for each in ANSWERS]


@given(st.text(max_size=80), st.permutations(ANSWERS))
def test_ranking_loses_and_doubles_nothing(said: str, answers: list[Ready]) -> None:
    assert sorted(each.title for each in rank(said, answers)) == sorted(each.title for each in answers)
