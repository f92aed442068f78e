"""Flows, from a keyword to the last text of a series, on the real simulator."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.factories.town import Town
from textbank.consent.opt_out import opt_out_many
from textbank.contacts.create_list import create_list
from textbank.errors import InvalidInput
from textbank.flows.call_webhooks import call_webhooks
from textbank.flows.document import read_document
from textbank.flows.draft import (
    greet_strangers,
    lead_to_flow,
    make_flow,
    publish_flow,
    read_flow,
    save_draft,
)
from textbank.flows.go_on import go_on

ANN, BEA = "+15105550123", "+15105550124"

WELCOME: list[dict[str, Any]] = [
    {
        "id": "hi",
        "kind": "say",
        "words": {"en": "Good to have you.", "es": "Que bueno que llegas."},
        "words_for": {"returning": {"en": "Welcome back!"}, "present": {"en": "You are here already."}},
    },
    {"id": "zip", "kind": "ask", "about": "zip", "words": {"en": "What is your ZIP?", "es": "Tu ZIP?"}},
    {
        "id": "mail",
        "kind": "ask",
        "about": "email",
        "words": {"en": "And your e-mail?", "es": "Y tu correo?"},
    },
    {
        "id": "role",
        "kind": "ask",
        "about": "choice",
        "name": "role",
        "words": {"en": "1 for rent, 2 for repairs?", "es": "1 renta, 2 reparaciones?"},
        "choices": [{"value": "rent", "words": ["renta"]}, {"value": "repairs", "words": ["reparaciones"]}],
    },
    {"id": "fork", "kind": "branch", "on": "role", "cases": [{"value": "repairs", "go": "person"}]},
    {"id": "mark", "kind": "tag", "name": "rent"},
    {
        "id": "thanks",
        "kind": "say",
        "words": {"en": "Thanks, {first_name}!", "es": "Gracias!"},
        "go": "later",
    },
    {
        "id": "person",
        "kind": "hand_over",
        "words": {"en": "Somebody will write to you.", "es": "Te escribimos."},
    },
    {"id": "later", "kind": "wait", "days": 2},
    {"id": "series", "kind": "say", "words": {"en": "Day two: come on Saturday.", "es": "Ven el sabado."}},
]


async def flow(town: Town, steps: Sequence[dict[str, Any]], *, name: str = "Welcome") -> int:
    """A published flow of the town's list."""
    async with town.database.transaction(town.organization_id) as session:
        o = town.organization_id
        made = await make_flow(session, o, name, list_id=town.list_id, actor="test")
        document = read_document({"steps": steps})
        wrong = await save_draft(
            session, o, made, name=name, list_id=town.list_id, document=document, actor="test"
        )
        assert wrong == []
        await publish_flow(session, o, made, actor="test")
    return made


async def joins(town: Town, steps: Sequence[dict[str, Any]] = WELCOME) -> None:
    """JOIN leads to this flow."""
    made = await flow(town, steps)
    async with town.database.transaction(town.organization_id) as session:
        [(keyword,)] = await town.query("select id from keyword where word = 'JOIN'")
        await lead_to_flow(session, town.organization_id, keyword, made, actor="test")


async def answer_to(town: Town, body: str, phone: str = ANN) -> list[str]:
    return await town.answer_to(phone, body)


async def days_later(town: Town) -> None:
    await town.execute("update flow_run set resumes_at = now() where resumes_at is not null")
    await town.execute("update recipient set place = 'test/open'")
    async with town.database.transaction(town.organization_id) as session:
        await go_on(session, town.organization_id)
    await town.pump()


async def ended(town: Town) -> list[str]:
    return [row.ended_because for row in await town.query("select ended_because from flow_run order by id")]


async def needs_reply(town: Town) -> bool:
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    return bool(waits)


async def test_a_keyword_leads_through_a_flow_to_the_last_text_of_its_series(town: Town) -> None:
    await joins(town)
    confirmed, asked = await answer_to(town, "JOIN")
    assert "Thanks for joining Rent Alerts!" in confirmed
    assert asked == "Good to have you.\nWhat is your ZIP?"
    assert await answer_to(town, "85701") == ["And your e-mail?"]
    assert await answer_to(town, "its ann@example.org") == ["1 for rent, 2 for repairs?"]
    assert await answer_to(town, "Rent!") == ["Thanks!"]
    [person] = await town.query("select zip_code, email, fields ->> 'role' as role from contact")
    assert tuple(person) == ("85701", "ann@example.org", "rent")
    assert [row.name for row in await town.query("select name from tag")] == ["rent"]
    assert not await needs_reply(town)
    await days_later(town)
    assert (await town.received(ANN))[-1] == "Day two: come on Saturday."
    assert await ended(town) == ["done"]


async def test_only_what_is_missing_is_asked_for_and_members_are_told_apart(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    await answer_to(town, "94110")
    await answer_to(town, "ann@example.org")
    await answer_to(town, "2")
    assert await needs_reply(town)  # handed over
    _, again = await answer_to(town, "JOIN")
    assert again == "You are here already.\nSomebody will write to you."
    await answer_to(town, "STOP JOIN")
    _, back = await answer_to(town, "JOIN")
    assert back.startswith("Welcome back!")


async def test_a_wrong_answer_is_asked_once_more_and_then_gone_over(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    assert "Five digits" in (await answer_to(town, "99999"))[0]
    assert await answer_to(town, "oakland") == ["And your e-mail?"]
    [(zip_code,)] = await town.query("select zip_code from contact")
    assert zip_code is None


async def test_a_sentence_is_for_a_person_and_the_question_stays_open(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    assert await answer_to(town, "my heating has been broken since monday and nobody comes") == []
    assert await needs_reply(town)
    assert await answer_to(town, "94110") == ["And your e-mail?"]


async def test_a_keyword_while_a_question_is_open_is_a_keyword(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    confirmed, asked = await answer_to(town, "join")
    assert "Thanks for joining" in confirmed
    assert "What is your ZIP?" in asked
    assert await ended(town) == ["replaced", ""]


@pytest.mark.parametrize("words", ["stop", "Please stop texting me", "Wrong number"])
async def test_help_and_stop_come_before_the_answer_and_stop_ends_the_flow(town: Town, words: str) -> None:
    """In whatever words: a phrase goes another way than a plain STOP, which thousands may send at once."""
    await joins(town)
    await answer_to(town, "JOIN")
    assert "help@riverside.example" in (await answer_to(town, "HELP"))[0]
    await answer_to(town, words)
    assert await ended(town) == ["stopped"]
    assert await answer_to(town, "94110") == []


async def test_whoever_a_file_stops_leaves_their_flow(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    [(ann,)] = await town.query("select id from recipient where e164 = :ann", ann=ANN)
    async with town.database.transaction(town.organization_id) as session:
        await opt_out_many(session, town.organization_id, "import", [(ann, {"by": "a file"})])
    assert await ended(town) == ["stopped"]


async def test_an_answer_after_two_days_is_for_a_person(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    await town.execute("update flow_run set asked_at = now() - interval '49 hours'")
    assert await answer_to(town, "94110") == []
    assert await needs_reply(town)


async def test_who_does_not_answer_gets_no_further_question_and_still_the_series(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    before = await town.received(ANN)
    await days_later(town)
    assert await town.received(ANN) == before
    assert not (await town.query("select 1 from flow_run where asked_at is not null"))
    await days_later(town)
    assert (await town.received(ANN))[len(before) :] == ["Day two: come on Saturday."]


async def through(town: Town) -> None:
    await joins(town)
    for body in ("JOIN", "94110", "ann@example.org", "rent"):
        await answer_to(town, body)


async def test_a_series_rests_with_a_break_and_ends_for_who_left_the_list(town: Town) -> None:
    await through(town)
    await answer_to(town, "pause 2 weeks")
    before = await town.received(ANN)
    await days_later(town)
    assert await town.received(ANN) == before
    [(left,)] = await town.query("select extract(day from resumes_at - now())::int from flow_run")
    assert left == 13
    await answer_to(town, "STOP JOIN")
    before = await town.received(ANN)
    await town.execute("update recipient set rests_until = null")
    await days_later(town)
    assert await town.received(ANN) == before
    assert await ended(town) == ["left"]


async def test_a_text_of_a_series_never_leaves_for_who_left_its_list_meanwhile(town: Town) -> None:
    await through(town)
    await town.execute("update recipient set place = 'test/open', rests_until = null")
    await town.execute("update flow_run set resumes_at = now()")
    async with town.database.transaction(town.organization_id) as session:
        await go_on(session, town.organization_id)
    await town.execute("update subscription set state = 'unsubscribed'")
    before = await town.received(ANN)
    await town.pump()
    assert await town.received(ANN) == before
    [(status,)] = await town.query(
        "select d.status from delivery d join message m on m.id = d.message_id where m.purpose = 'series'"
    )
    assert status == "no_basis"


async def test_a_flow_begins_with_the_yes_where_the_list_asks_back(town: Town) -> None:
    await joins(town)
    await town.execute("update contact_list set double_opt_in = true")
    [asked] = await answer_to(town, "JOIN")
    assert "Reply YES" in asked
    confirmed, began = await answer_to(town, "yes")
    assert "Thanks for joining" in confirmed
    assert began == "Good to have you.\nWhat is your ZIP?"


async def test_a_choice_may_put_somebody_on_a_second_list(town: Town) -> None:
    async with town.database.transaction(town.organization_id) as session:
        news = await create_list(session, town.organization_id, "News", "Weekly")
    offer = [
        {
            "id": "q",
            "kind": "ask",
            "about": "choice",
            "name": "news",
            "words": {"en": "News too? YES or NO"},
            "choices": [{"value": "yes", "words": ["si"]}, {"value": "no", "words": []}],
        },
        {"id": "b", "kind": "branch", "on": "q", "cases": [{"value": "no", "go": "end"}]},
        {"id": "a", "kind": "add", "list_id": news.id},
    ]
    await joins(town, offer)
    await answer_to(town, "JOIN")
    assert "Thanks for joining News! Weekly." in (await answer_to(town, "Yes"))[0]
    [(basis,)] = await town.query(
        "select p.payload from subscription s join consent_payload p on p.event_id = s.basis_event_id "
        "where s.list_id = :list",
        list=news.id,
    )
    assert (basis["basis"], basis["words"], basis["answers"]) == ("flow", "Yes", {"q": "yes"})


async def test_a_stranger_is_greeted_once_and_waits_for_a_person_all_the_same(town: Town) -> None:
    greeting = await flow(town, [{"id": "hi", "kind": "say", "words": {"en": "We read every text."}}])
    async with town.database.transaction(town.organization_id) as session:
        await greet_strangers(session, town.organization_id, greeting, yes=True, actor="test")
    assert await answer_to(town, "my heating is broken") == ["We read every text."]
    assert await needs_reply(town)
    assert await answer_to(town, "hello?") == []
    await town.subscribe(BEA)
    assert await answer_to(town, "hi there friends", BEA) == []


async def test_a_webhook_is_called_after_the_commit_and_again_where_it_failed(town: Town) -> None:
    await joins(town, [{"id": "w", "kind": "webhook", "url": "https://hooks.example.org/x"}])
    await answer_to(town, "JOIN")
    calls: list[dict[str, Any]] = []

    async def post(url: str, body: dict[str, Any]) -> str:
        calls.append({"url": url, **body})
        return "answered 500" if len(calls) == 1 else ""

    assert await call_webhooks(town.database, town.organization_id, post) == 1
    assert await call_webhooks(town.database, town.organization_id, post) == 0  # not at once
    await town.execute("update flow_call set next_at = now()")
    await call_webhooks(town.database, town.organization_id, post)
    await town.execute("update flow_call set next_at = now()")
    assert await call_webhooks(town.database, town.organization_id, post) == 0
    assert [(one["url"], one["phone"], one["id"]) for one in calls] == [
        ("https://hooks.example.org/x", ANN, calls[0]["id"])
    ] * 2


async def test_a_flow_that_asks_for_a_reserved_word_is_kept_but_not_published(town: Town) -> None:
    async with town.database.transaction(town.organization_id) as session:
        o = town.organization_id
        made = await make_flow(session, o, "Bad", actor="test")
        steps = [{"id": "s", "kind": "say", "words": {"en": "Reply STOP to see more"}}]
        document = read_document({"steps": steps})
        [wrong] = await save_draft(
            session, o, made, name="Bad", list_id=None, document=document, actor="test"
        )
        assert (wrong.step, wrong.field, wrong.values) == ("s", "words", {"word": "STOP"})
        with pytest.raises(InvalidInput):
            await publish_flow(session, o, made, actor="test")
        kept = await read_flow(session, o, made)
    assert kept.published is None
    assert kept.draft == document


async def test_who_is_on_their_way_keeps_the_version_they_began_with(town: Town) -> None:
    await joins(town)
    await answer_to(town, "JOIN")
    async with town.database.transaction(town.organization_id) as session:
        o = town.organization_id
        [(made,)] = await town.query("select id from flow")
        document = read_document({"steps": [{"id": "x", "kind": "say", "words": {"en": "Something else."}}]})
        await save_draft(
            session, o, made, name="Welcome", list_id=town.list_id, document=document, actor="test"
        )
        assert await publish_flow(session, o, made, actor="test") == 2
    assert await answer_to(town, "94110") == ["And your e-mail?"]
    assert (await answer_to(town, "JOIN", BEA))[1] == "Something else."
