"""Merge fields and the blocks around them: nothing prints blank, nothing that is due is left out."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.campaigns.cheaper_words import hint, straighten
from textbank.campaigns.words import (
    LONGEST,
    Kind,
    Person,
    compose,
    due_disclaimers,
    has_way_out,
    merge,
    parse,
    problems,
)
from textbank.sms.segments import count

UNION = "Riverside Tenants Union"
ANA = Person(first_name="Ana", zip_code="94607", place="CA/America/Los_Angeles", e164="+15105550123")
PLAIN = st.text(st.characters(blacklist_characters="{}", blacklist_categories=["Cs"]), max_size=60)
WORD = st.text(string.ascii_letters + "áéñ '", min_size=1, max_size=20).filter(
    lambda word: word.strip().lower() not in ("", "na", "nan", "nil", "none", "null", "undefined")
)
NOTHING = st.sampled_from(["", " ", "\t", "None", "null", "undefined", "NaN", "N/A", "-", "#N/A"])


def said(words: str, person: Person = ANA, **more: str) -> str:
    return merge(words, person, organization=UNION, **more)


# The grammar


@given(PLAIN)
def test_words_without_braces_stay_as_they_are(words: str) -> None:
    assert parse(words).problems == ()
    assert said(words) == words


@given(st.text(max_size=60))
def test_doubled_braces_are_plain_ones(words: str) -> None:
    assert said(words.replace("{", "{{").replace("}", "}}")) == words


@given(st.text(st.sampled_from("{}|ab_ "), max_size=40))
def test_any_braces_at_all_are_taken_apart_and_what_is_wrong_has_a_place(words: str) -> None:
    found = problems(words, kind="blast", fields=["a", "b", "ab"])
    assert all(0 <= problem.position <= len(words) for problem in found)
    assert [problem.position for problem in found] == sorted(problem.position for problem in found)
    assert all(problem.message for problem in found)


@given(before=PLAIN, after=PLAIN, name=WORD, fallback=WORD)
def test_a_field_is_filled_with_the_value_and_nothing_around_it_changes(
    before: str, after: str, name: str, fallback: str
) -> None:
    told = said(f"{before}{{first_name|{fallback}}}{after}", Person(first_name=name))
    assert told == f"{before}{' '.join(name.split())}{after}"


@given(nothing=NOTHING, fallback=WORD)
def test_a_blank_value_in_any_writing_gives_way_to_the_fallback(nothing: str, fallback: str) -> None:
    person = Person(first_name=nothing, fields={"Shop": nothing})
    expected = " ".join(fallback.split())
    assert said(f"{{first_name|{fallback}}}{{shop|{fallback}}}", person) == expected * 2


@given(value=st.one_of(NOTHING, WORD, st.none(), st.integers()), words=WORD)
def test_words_without_problems_never_print_a_hole(value: object, words: str) -> None:
    script = f"Hi {{first_name|{words}}} {{Shop|there}}"
    assert problems(script, kind="blast", fields=["Shop"]) == []
    told = said(script, Person(first_name=str(value), fields={"Shop": value}))
    assert not {"None", "null", "undefined", "NaN"} & set(told.split())
    assert all(part.strip() for part in (told.removeprefix("Hi "), told.split()[-1]))
    assert "{" not in told


@given(st.text(max_size=30))
def test_braces_in_a_value_are_no_fields(value: str) -> None:
    person = Person(first_name="{last_name|oops}" + value, last_name="secret")
    assert "secret" not in said("{first_name|you}", person) or "secret" in value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Hi {first_name}", "is blank for some people"),
        ("Hi {first_name|None}", "is blank for some people"),
        ("Hi {first_name|}", "is blank for some people"),
        ("Hi {nonsense|x}", "There is no field {nonsense}"),
        ("Hi {first_name|x", "is not closed"),
        ("Hi {first_name|{x}}", "is not closed"),
        ("Hi }", "no opening one"),
        ("{texter} here", "No texter sends a blast"),
        ("  ", "There are no words yet"),
        ("x" * (LONGEST + 1), "is the most that a text can carry"),
    ],
)
def test_what_cannot_be_sent_is_said(words: str, told: str) -> None:
    assert any(told in problem.message for problem in problems(words, kind="blast"))


@pytest.mark.parametrize(
    ("typed", "kind", "meant"),
    [
        ("{firstname|friend}", "blast", "{first_name}"),
        ("{zipcode|x}", "blast", "{zip_code}"),
        ("{fist name|x}", "blast", "{first_name}"),
        ("{shopname|x}", "blast", "{shop_name}"),
        ("{textr}", "p2p", "{texter}"),
    ],
)
def test_a_mistyped_field_is_told_from_one_that_nobody_has(typed: str, kind: Kind, meant: str) -> None:
    [problem] = problems(typed, kind=kind, fields=["Shop name"])
    assert problem.message.endswith(f"Did you mean {meant}?")


def test_no_field_is_suggested_that_could_not_be_used() -> None:
    [problem] = problems("{textr}", kind="blast")
    assert "Did you mean" not in problem.message


def test_a_problem_says_where_it_is() -> None:
    [problem] = problems("Hi {nonsense|x}!", kind="blast")
    assert (problem.position, problem.length) == (3, 12)


@pytest.mark.parametrize("written", ["{Shop Name|x}", "{shop-name|x}", "{ shop_name |x}"])
def test_a_field_of_the_contacts_own_is_found_however_it_is_written(written: str) -> None:
    assert problems(written, kind="blast", fields=["Shop name"]) == []
    assert said(written, Person(fields={"Shop name": "Lee's"})) == "Lee's"


# The blocks


@given(PLAIN.filter(str.strip), st.sampled_from(["en", "es"]))
def test_name_and_way_out_are_in_every_text_and_segments_count_all_of_it(words: str, language: str) -> None:
    text = compose(words, Person(language=language), organization=UNION, disclaimers={"": "Paid for by us"})
    assert UNION in " ".join(text.body.split())
    assert has_way_out(text.body)
    assert "paid for by us" in text.body.lower()
    assert "".join(block.words for block in text.blocks) == text.body
    assert text.segments == count(text.body).segments


def test_what_is_there_already_is_not_said_twice() -> None:
    words = f"{UNION}: hearing on Tuesday. Reply STOP to opt out."
    assert compose(words, ANA, organization=UNION, disclaimers={}).body == words


@pytest.mark.parametrize("words", ["STOP the evictions!", "We will STOP them", "Reply YES to STOP evictions"])
def test_the_word_alone_is_no_way_out(words: str) -> None:
    assert not has_way_out(words)
    assert compose(words, ANA, organization=UNION, disclaimers={}).body.endswith("Reply STOP to opt out.")


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("See you on Thursday", "on Thursday. Reply STOP"),
        ("See you on Thursday!", "on Thursday! Reply STOP"),
        ("Ven el jueves", "el jueves. Reply STOP"),
        ("Look at example.org/rent", "example.org/rent Reply STOP"),
        ("Look at example.org", "example.org Reply STOP"),
        ("Come, {first_name|friend}", "Come, Ana. Reply STOP"),
    ],
)
def test_words_that_end_without_punctuation_do_not_run_into_the_way_out(words: str, before: str) -> None:
    assert before in compose(words, ANA, organization=UNION, disclaimers={}).body


def test_a_period_stands_once_however_many_sentences_are_added() -> None:
    text = compose("See you on Thursday", ANA, organization=UNION, disclaimers={"": "Paid for by us"})
    assert text.body == f"{UNION}: See you on Thursday. Paid for by us. Reply STOP to opt out."
    assert [block.words for block in text.blocks if block.kind == "script"] == ["See you on Thursday"]


@pytest.mark.parametrize("words", ["Text STOP to quit", "Responde STOP para salir", 'Reply with "STOP"'])
def test_a_way_out_in_other_words_is_one(words: str) -> None:
    assert has_way_out(words)


def test_a_name_inside_another_word_is_no_name() -> None:
    assert compose("A fact.", ANA, organization="Act", disclaimers={}).body.startswith("Act: ")


@pytest.mark.parametrize(
    ("place", "phone", "due"),
    [
        ("CA/America/Los_Angeles", "+12125550123", ["In California."]),
        ("NY/America/New_York", "+15105550123", ["Elsewhere."]),
        ("/America/Los_Angeles", "+15105550123", ["In California."]),
        ("/America/New_York", "+12125550123", ["Elsewhere."]),
        # A toll-free number may be anybody's anywhere: all that may be due is added.
        ("/America/Los_Angeles", "+18005550123", ["Elsewhere.", "In California."]),
    ],
)
def test_a_disclaimer_is_due_where_somebody_may_be(place: str, phone: str, due: list[str]) -> None:
    person = Person(place=place, e164=phone)
    assert list(due_disclaimers(person, {"CA": "In California", "": "Elsewhere"})) == due


def test_a_curly_quote_is_pointed_out_and_straightening_it_helps() -> None:
    words = "Don’t miss it, " * 6
    told = hint(words)
    assert told is not None
    assert (told.before, told.after, told.characters) == (2, 1, "’")
    assert hint(straighten(words)) is None
    assert hint("Mañana á é í") is None
