"""Supporters who answer by themselves: each always the same person, and silent after wanting out."""

import pytest

from tests.factories.town import phones
from tests.flows.simulator.conftest import Caller, eventually
from textbank.simulator.supporters import PEOPLE
from textbank.sms.classify import classify

ASK = "Riverside Tenants: can you come to the rally on Saturday? Reply STOP to opt out."
PREGUNTA = "Somos la unión de inquilinos. ¿Puedes venir el sábado? Responde STOP para salir."


async def answers(carrier: Caller, phone: str) -> list[str]:
    _, told = await carrier.get(f"/_simulator/phones/{phone}")
    return [each["body"] for each in told["messages"] if each["direction"] == "inbound"]


async def ask_all(carrier: Caller, people: list[str], body: str) -> dict[str, list[str]]:
    sids = [(await carrier.create(To=phone, Body=body))[1]["sid"] for phone in people]
    for sid in sids:
        await carrier.until(sid, "delivered")

    await eventually(lambda: not carrier.exchange.agenda.waiting)
    return {phone: await answers(carrier, phone) for phone in people}


async def test_nobody_answers_unless_asked_to(carrier: Caller) -> None:
    heard = await ask_all(carrier, phones(20), ASK)
    assert not any(heard.values())


@pytest.mark.parametrize("body", [ASK, PREGUNTA])
async def test_people_answer_in_many_ways_and_in_the_language_they_were_asked_in(
    carrier: Caller, body: str
) -> None:
    carrier.exchange.behaviour.supporters_answer = 1.0
    carrier.exchange.behaviour.supporters_seconds = 0.01
    heard = await ask_all(carrier, phones(120), body)
    said = [words for all_words in heard.values() for words in all_words]
    assert len(said) == 120
    assert len(set(said)) > 15
    kinds = {classify(words).kind for words in said}
    assert {"stop", "none"} <= kinds
    known = {
        words
        for person in PEOPLE.values()
        for words in (person.spanish if body is PREGUNTA else person.english)[0]
    }
    assert {words for words in said if "“" not in words and "{" not in words} <= {
        words.format(text="", name="Maria") for words in known
    }


async def test_whoever_wanted_out_or_was_the_wrong_person_stays_silent(carrier: Caller) -> None:
    carrier.exchange.behaviour.supporters_answer = 1.0
    carrier.exchange.behaviour.supporters_seconds = 0.01
    first = await ask_all(carrier, phones(120), ASK)
    out = [phone for phone, [words] in first.items() if classify(words).kind in ("stop", "wrong_number")]
    assert out
    again = await ask_all(carrier, out, ASK + " It starts at noon.")
    assert {phone: len(words) for phone, words in again.items()} == dict.fromkeys(out, 1)


async def test_a_confirmation_is_not_answered(carrier: Caller) -> None:
    carrier.exchange.behaviour.supporters_answer = 1.0
    carrier.exchange.behaviour.supporters_seconds = 0.0
    words = "Riverside: Thanks for joining Rent Alerts! Msg&data rates may apply. Reply HELP for help."
    assert not any((await ask_all(carrier, phones(30), words)).values())


async def test_a_share_of_the_phones_answers(carrier: Caller) -> None:
    carrier.exchange.behaviour.supporters_answer = 0.3
    carrier.exchange.behaviour.supporters_seconds = 0.01
    heard = await ask_all(carrier, phones(150), ASK)
    answered = sum(bool(words) for words in heard.values())
    assert 20 <= answered <= 75


@pytest.mark.parametrize("kind", sorted(PEOPLE))
def test_what_a_kind_of_person_says_means_what_it_should(kind: str) -> None:
    for turns in (PEOPLE[kind].english, PEOPLE[kind].spanish):
        for words in turns[0]:
            meaning = classify(words.format(text=ASK, name="Maria")).kind
            wanted = {
                "stop": ("stop",),
                "wrong_number": ("wrong_number",),
                "yes": ("none", "start"),  # a YES lets a suppressed number back in, and nobody else
            }.get(kind, ("none", "review", "help"))
            assert meaning in wanted, f"{words!r} is {meaning}"
