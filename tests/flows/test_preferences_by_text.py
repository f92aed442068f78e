"""What a person chooses by text: which lists, a break, less; and that what we start keeps to it."""

from datetime import timedelta

import pytest

from tests.factories.town import Town
from textbank.contacts.create_list import create_list
from textbank.keywords.create_keyword import create_keyword

ANN = "+15105550123"


async def two_lists(town: Town) -> None:
    """Ann is on Rent Alerts (JOIN) and Tenant News (NEWS)."""
    async with town.database.transaction(town.organization_id) as session:
        await create_list(session, town.organization_id, "Tenant News", "Weekly")
        await create_keyword(session, town.organization_id, "NEWS", "Tenant News")
    await town.recipient(ANN)
    await town.text(ANN, "JOIN")
    await town.text(ANN, "NEWS")


async def answer_to(town: Town, body: str) -> str:
    await town.let_answers_leave()
    return "\n".join(await town.answer_to(ANN, body))


async def on_lists(town: Town) -> list[str]:
    return [
        row.name
        for row in await town.query(
            "select l.name from subscription s join contact_list l on l.id = s.list_id "
            "where s.state = 'subscribed' order by l.id"
        )
    ]


async def stopped(town: Town) -> bool:
    [(at,)] = await town.query("select suppressed_at from recipient where e164 = :p", p=ANN)
    return at is not None


async def last_event(town: Town) -> str:
    return str((await town.query("select kind from consent_event order by id desc limit 1"))[0].kind)


async def test_list_tells_what_one_gets_and_how_to_leave(town: Town) -> None:
    await two_lists(town)
    said = await answer_to(town, "list")
    assert "You get Rent Alerts, Tenant News." in said
    assert "STOP JOIN" in said
    assert "Recibes Rent Alerts, Tenant News." in await answer_to(town, "Lista")


async def test_stop_and_a_list_leaves_exactly_that_list(town: Town) -> None:
    await two_lists(town)
    said = await answer_to(town, "Stop tenant news")
    assert "You left Tenant News and get no more of it. You still get Rent Alerts. Reply STOP" in said
    assert await on_lists(town) == ["Rent Alerts"]
    assert not await stopped(town)
    assert await last_event(town) == "unsubscribed"
    assert "Dejaste Rent Alerts" in await answer_to(town, "ALTO join")
    assert await on_lists(town) == []
    assert not await stopped(town)


@pytest.mark.parametrize("body", ["STOP xyz", "Stop news!!! xyz", "STOP ALL", "stop 2", "ALTO noticias"])
async def test_stop_and_anything_else_is_a_full_stop(town: Town, body: str) -> None:
    await two_lists(town)
    out = "Cancelaste" if body.startswith("ALTO") else "unsubscribed"
    assert out in await answer_to(town, body)
    assert await on_lists(town) == []
    assert await stopped(town)


async def test_stop_and_a_list_that_one_is_not_on_is_a_full_stop(town: Town) -> None:
    await two_lists(town)
    await town.text(ANN, "STOP NEWS")
    await town.text(ANN, "STOP NEWS")
    assert await stopped(town)
    [purposes] = [
        [row.purpose for row in await town.query("select purpose from message where direction = 'in'")]
    ]
    assert purposes == ["none", "none", "none", "stop"]


async def test_what_is_plainly_about_something_else_is_no_stop(town: Town) -> None:
    await two_lists(town)
    await town.text(ANN, "stop by the office")
    assert not await stopped(town)
    assert len(await on_lists(town)) == 2


async def test_who_takes_a_break_gets_nothing_that_we_start_until_it_is_over(town: Town) -> None:
    await two_lists(town)
    assert "we start no texts to you until" in await answer_to(town, "Pause 2 weeks")
    await town.launch()
    await town.let_answers_leave()
    assert "Rally" not in " ".join(await town.received(ANN))
    [(held, wait)] = await town.query("select held, due_at - now() from outbox")
    assert held == "cap"
    assert timedelta(days=13, hours=23) < wait <= timedelta(days=14)
    assert await last_event(town) == "paused"
    assert "Your break is over" in await answer_to(town, "resume")
    assert "Rally" in " ".join(await town.received(ANN))


@pytest.mark.parametrize("body", ["START", "JOIN"])
async def test_a_start_or_a_keyword_ends_a_break(town: Town, body: str) -> None:
    await two_lists(town)
    assert "no te escribimos hasta" in await answer_to(town, "PAUSA 2 SEMANAS")
    await town.text(ANN, body)
    [(rests,)] = await town.query("select rests_until from recipient where e164 = :p", p=ANN)
    assert rests is None


async def test_who_wants_less_gets_one_text_a_week(town: Town) -> None:
    await two_lists(town)
    assert "at most one text a week" in await answer_to(town, "LESS")
    await town.launch()
    await town.let_answers_leave()
    assert "Rally" in (await town.received(ANN))[-1]
    await town.launch("And again. Reply STOP to opt out.")
    await town.let_answers_leave()
    [(wait,)] = await town.query("select due_at - now() from outbox")
    assert timedelta(days=6, hours=23) < wait <= timedelta(days=7)
    await town.execute("update recipient set started = '{}'")
    assert "you get all that you signed up for" in await answer_to(town, "More")
    assert "And again" in " ".join(await town.received(ANN))


async def test_more_without_less_is_for_a_person(town: Town) -> None:
    await two_lists(town)
    await town.text(ANN, "more")
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    assert waits


async def test_a_choice_of_somebody_opted_out_is_not_answered(town: Town) -> None:
    await two_lists(town)
    await town.text(ANN, "STOP")
    await town.let_answers_leave()
    before = await town.received(ANN)
    await town.text(ANN, "LIST")
    await town.text(ANN, "PAUSE")
    await town.let_answers_leave()
    assert await town.received(ANN) == before
