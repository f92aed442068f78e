"""What may be sent and why: one table of cases, and what holds for every case."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.consent.explain import Facts, Membership, Stopped, explain

THEN = datetime(2026, 5, 1, tzinfo=UTC)
OPENS = datetime(2026, 5, 2, 16, tzinfo=UTC)
JOINED = Membership("Rent", "subscribed", THEN, "keyword", keyword="JOIN")
TOLD = Membership("Rent", "subscribed", THEN, "told_us", source="The fair", by_name="Omar")
NO_BASIS = Membership("Rent", "no_basis", THEN)
LEFT = Membership("Rent", "unsubscribed", THEN)
TAKEN_OFF = replace(LEFT, by_name="Omar")
PENDING = replace(LEFT, state="pending")
STOP = Stopped("stop_text", THEN, "stop it")


def told(facts: Facts) -> list[str]:
    return [f"{one.kind}: {one.may}, {one.because}" for one in explain(facts)]


@pytest.mark.parametrize(
    ("facts", "blast", "first_text", "reply"),
    [
        (Facts([JOINED]), "yes, joined_by_keyword", "yes, agreed", "yes, they_wrote"),
        (Facts([TOLD]), "yes, agreed", "yes, agreed", "yes, they_wrote"),
        (Facts([TOLD], opens_at=OPENS), "later, agreed", "later, agreed", "later, they_wrote"),
        (Facts([NO_BASIS]), "no, no_basis", "yes, statement_needed", "yes, they_wrote"),
        (Facts([LEFT]), "no, left_the_list", "no, on_no_list", "yes, they_wrote"),
        (Facts([TAKEN_OFF]), "no, taken_off", "no, on_no_list", "yes, they_wrote"),
        (Facts([PENDING]), "no, not_asked", "no, on_no_list", "yes, they_wrote"),
        (Facts(), "no, on_no_list", "no, on_no_list", "yes, they_wrote"),
        (Facts([LEFT], STOP), "no, stop_text", "no, stop_text", "no, stop_text"),
        (Facts((), STOP), "no, stop_text", "no, stop_text", "no, stop_text"),
        (Facts([TOLD], Stopped("carrier_block", THEN)), *["no, carrier_block"] * 3),
        (Facts([TOLD], Stopped("something new", THEN)), *["no, staff"] * 3),
        (Facts([TOLD], STOP, dead_since=THEN, review_since=THEN), *["no, stop_text"] * 3),
        (Facts([TOLD], dead_since=THEN, review_since=THEN), *["no, dead_number"] * 3),
        (Facts([TOLD], review_since=THEN, opens_at=OPENS), *["no, review"] * 3),
    ],
)
def test_every_kind_of_text_has_one_answer(facts: Facts, blast: str, first_text: str, reply: str) -> None:
    assert told(facts) == [
        f"blast: {blast}",
        f"first_text: {first_text}",
        f"reply: {reply}",
        "answer: yes, asked_for_it",
    ]


def test_each_list_has_its_own_answer() -> None:
    verdicts = explain(Facts([TOLD, replace(NO_BASIS, list_name="Night shift")]))
    assert [(one.list_name, one.may) for one in verdicts if one.kind == "blast"] == [
        ("Rent", "yes"),
        ("Night shift", "no"),
    ]


memberships = st.sampled_from([JOINED, TOLD, NO_BASIS, LEFT, TAKEN_OFF, PENDING])
moments = st.sampled_from([None, THEN])
all_facts = st.builds(
    Facts,
    st.lists(memberships, max_size=4),
    st.sampled_from([None, STOP, Stopped("staff", THEN)]),
    moments,
    moments,
    st.sampled_from([None, OPENS]),
)


@given(all_facts)
def test_a_blast_is_never_promised_without_a_basis_or_past_anything_that_forbids(facts: Facts) -> None:
    for verdict in explain(facts):
        if verdict.kind == "blast" and verdict.may != "no":
            assert verdict.because in ("joined_by_keyword", "agreed")
            assert (facts.stopped, facts.dead_since, facts.review_since) == (None, None, None)
        if verdict.may == "later":
            assert verdict.opens_at == OPENS
