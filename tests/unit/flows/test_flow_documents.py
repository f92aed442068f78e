"""What may be published, and that trying a flow out is what a run does."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.flows.asks_for_reserved import asks_for_reserved
from textbank.flows.document import read_document, to_json
from textbank.flows.public_address import is_public_address, is_public_url
from textbank.flows.read_answer import read_answer
from textbank.flows.try_out import try_out
from textbank.flows.validate import problems
from textbank.flows.walk import Facts, walk_from
from textbank.keywords.opt_in_words import question, reminder
from textbank.keywords.preference_words import fewer_answer, left_answer, lists_answer

SAY = {"id": "s", "kind": "say", "words": {"en": "Hello."}}
ASK: dict[str, Any] = {
    "id": "q",
    "kind": "ask",
    "about": "choice",
    "name": "role",
    "words": {"en": "Rent or repairs?"},
    "choices": [{"value": "rent"}, {"value": "repairs"}],
}


def wrong(*steps: dict[str, Any], list_id: int | None = 1) -> list[tuple[str, str]]:
    found = problems(read_document({"steps": list(steps)}), lists={1}, list_id=list_id)
    return [(one.step, one.field) for one in found]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Reply STOP to see more", "STOP"),
        ("1 = coming, 2 = cancel", "CANCEL"),
        ("Reply YES or QUIT", "QUIT"),
        ("Responde BAJA si no vienes", "BAJA"),
        ("send info to learn more", "INFO"),
        ("Text END when you are done", "END"),
        ("Reply START to begin", "START"),
        ("Reply HELP for help, STOP to cancel.", None),
        ("Text STOP to end.", None),
        ("Responde STOP para cancelar", None),
        ("1 = coming, 2 = can't come", None),
        ("Reply YES or NO", None),
        ("Reply with your ZIP code", None),
        ("Reply PAUSE 2 WEEKS for a break", None),
        ("We stop evictions. See you at the end of the march!", None),
    ],
)
def test_texts_that_ask_for_a_reserved_word_are_found(words: str, asked: str | None) -> None:
    assert asks_for_reserved(words) == asked


def test_our_own_texts_ask_for_none() -> None:
    for language in ("en", "es"):
        for words in (
            question("Union", "Rent", "Weekly", language),
            reminder("Union", "Rent", language),
            lists_answer("Union", language, ["Rent"], "RENT"),
            left_answer("Union", language, "Rent", ["News"]),
            fewer_answer("Union", language),
        ):
            assert asks_for_reserved(words) is None, words


def test_a_sound_flow_has_no_problem() -> None:
    wait = {"id": "w", "kind": "wait", "days": 2}
    fork = {"id": "b", "kind": "branch", "on": "q", "cases": [{"value": "rent", "go": "w"}]}
    assert wrong(SAY, ASK, fork, {**SAY, "id": "t"}, wait, {**SAY, "id": "u"}) == []


@pytest.mark.parametrize(
    "word", ["stop", "Cancel", "alto", "help", "info", "start", "list", "pausa", "menos", "end"]
)
def test_no_answer_may_be_a_reserved_word(word: str) -> None:
    choices = [{"value": "rent", "words": [word]}, {"value": "repairs"}]
    assert ("q", "choices") in wrong({**ASK, "choices": choices})


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        ([], ("", "steps")),
        ([SAY, SAY], ("", "steps")),
        ([{**SAY, "words": {}}], ("s", "words")),
        ([{**SAY, "words": {"en": " "}}], ("s", "words")),
        ([{**SAY, "words": {"en": "Hi {name}"}}], ("s", "words")),
        ([SAY, {**SAY, "id": "t", "go": "s"}], ("t", "go")),
        ([{**SAY, "go": "nowhere"}], ("s", "go")),
        ([{**SAY, "go": "end"}, {**SAY, "id": "t"}], ("t", "kind")),
        ([{"id": "a", "kind": "add", "list_id": 1}], ("a", "list_id")),
        ([ASK, {"id": "a", "kind": "add", "list_id": 2}], ("a", "list_id")),
        ([{"id": "w", "kind": "webhook", "url": "http://example.org/"}], ("w", "url")),
        ([{"id": "w", "kind": "wait", "days": 1}, ASK], ("q", "kind")),
        ([{**ASK, "choices": [{"value": "rent"}, {"value": "RENT!"}]}], ("q", "choices")),
        ([{"id": "b", "kind": "branch", "on": "q", "cases": [{"value": "x", "go": "end"}]}], ("b", "on")),
        ([{"id": "x", "kind": "dance"}], ("x", "kind")),
    ],
)
def test_what_is_wrong_is_told_where_it_is(steps: list[dict[str, Any]], where: tuple[str, str]) -> None:
    assert where in wrong(*steps)


def test_a_series_needs_the_list_it_rests_on() -> None:
    assert ("w", "days") in wrong({"id": "w", "kind": "wait", "days": 1}, SAY, list_id=None)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["steps", "id", "kind", "words", "go", "on", "cases", "en"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(ANYTHING)
def test_whatever_a_form_sends_is_read_and_judged_without_an_error(sent: Any) -> None:
    document = read_document(sent)
    problems(document, lists=set())
    assert read_document(to_json(document)) == document


STEP = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "kind": st.sampled_from(["say", "ask", "branch", "wait", "hand_over", "end", "tag"]),
        "words": st.just({"en": "Hello."}),
        "about": st.sampled_from(["zip", "name", "email", "choice"]),
        "name": st.just("field"),
        "choices": st.just([{"value": "rent"}, {"value": "repairs"}]),
        "on": st.sampled_from(["language", "member", "a"]),
        "cases": st.lists(
            st.fixed_dictionaries({"value": st.just("en"), "go": st.sampled_from("abcdef")}), max_size=2
        ),
        "go": st.sampled_from(["", "end", *"abcdef"]),
        "days": st.just(1),
    }
)


@given(st.lists(STEP, max_size=6), st.lists(st.sampled_from(["rent", "94110", "x", "Ann Lee"]), max_size=6))
def test_every_walk_ends_whatever_the_document(steps: list[dict[str, Any]], texts: list[str]) -> None:
    document = read_document({"steps": steps})
    walk_from(document, 0, Facts())
    try_out(document, texts)


def test_trying_out_shows_what_would_be_said() -> None:
    fork = {"id": "b", "kind": "branch", "on": "q", "cases": [{"value": "repairs", "go": "p"}]}
    ends = {**SAY, "id": "r", "words": {"en": "Rent it is, {first_name}."}, "go": "end"}
    person = {"id": "p", "kind": "hand_over", "words": {"en": "We will write."}}
    document = read_document({"steps": [SAY, ASK, fork, ends, person]})
    tried = try_out(document, ["dunno", "repair", "thanks"])
    assert [(turn.by, turn.words or turn.note) for turn in tried.turns] == [
        ("us", "Hello."),
        ("us", "Rent or repairs?"),
        ("them", "dunno"),
        ("us", "Sorry, we did not get that. Please answer with one of: rent, repairs."),
        ("them", "repair"),
        ("note", "repairs"),
        ("us", "We will write."),
        ("note", "hand_over"),
        ("them", "thanks"),
        ("note", "to_a_person"),
    ]
    assert try_out(document, ["rent"]).turns[-1].words == "Rent it is, Ana."
    assert try_out(document, ["STOP", "rent"]).turns[-1].note == "stopped"


@pytest.mark.parametrize(
    ("about", "body", "answer"),
    [
        ("zip", "94110", "94110"),
        ("zip", "its 94110-1234", "94110"),
        ("zip", "99999", None),
        ("zip", "941101", None),
        ("email", "Ann.Lee@Example.org.", "Ann.Lee@Example.org"),
        ("email", "ann at example", None),
        ("name", "my name is ann lee", "Ann Lee"),
        ("name", "Soy María José", "María José"),
        ("name", "who is this?", None),
        ("name", "12345", None),
        ("choice", "2", "repairs"),
        ("choice", "Rent please", "rent"),
        ("choice", "repiars", "repairs"),
        ("choice", "neither", None),
    ],
)
def test_answers(about: str, body: str, answer: str | None) -> None:
    [step] = read_document({"steps": [{**ASK, "about": about}]}).steps
    assert read_answer(step, body) == answer


@given(st.text(max_size=80), st.sampled_from(["zip", "name", "email", "choice"]))
def test_any_text_is_read_without_an_error(body: str, about: str) -> None:
    [step] = read_document({"steps": [{**ASK, "about": about}]}).steps
    read_answer(step, body)
    asks_for_reserved(body)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://me:you@example.org/",
        "https://example.org:22/",
        "https://db.internal/",
        "https://printer/",
        "ftp://example.org/",
        "https://",
        "https://exa mple.org:x/",
    ],
)
def test_a_webhook_cannot_reach_into_our_own_network(url: str) -> None:
    assert not is_public_url(url)


def test_the_public_internet_is_public() -> None:
    assert is_public_url("https://hooks.example.org/a?b=c")
    assert is_public_address("93.184.216.34")
    assert not is_public_address("64:ff9b::a00:1")
    assert not is_public_address("100.64.0.1")
