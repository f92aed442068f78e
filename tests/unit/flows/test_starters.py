"""The flows to begin with can be published as they are, in both languages, and cost one segment a text."""

import pytest

from textbank.flows.starters import STARTERS, starter
from textbank.flows.try_out import try_out
from textbank.flows.validate import problems
from textbank.flows.walk import Facts
from textbank.sms.segments import count

NAMED = [name for name in STARTERS if name != "empty"]


@pytest.mark.parametrize("name", NAMED)
def test_nothing_speaks_against_publishing_it(name: str) -> None:
    document = starter(name, "Riverside {Tenants} Union")
    assert problems(document, lists=[], list_id=1) == []
    for step in document.steps:
        for words in (step.words, *step.words_for.values()):
            assert set(words) in ({"en", "es"}, set())
            assert all(count(said).segments == 1 for said in words.values())


def test_who_tells_their_name_is_thanked_by_it() -> None:
    tried = try_out(
        starter("join", "Us"), ["94110", "me llamo rosa diaz"], Facts(language="es"), first_name=""
    )
    assert tried.turns[-1].words == "Gracias, Rosa! Pronto te escribimos."


def test_what_no_starter_is_called_begins_with_nothing() -> None:
    assert starter("nothing like it", "Us").steps == ()
