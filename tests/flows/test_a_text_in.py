"""What happens when somebody texts us: the main flows of the way in, end to end."""

import asyncio

import pytest

from tests.factories.town import Town, phones

ANN = "+15105550123"


async def test_a_keyword_is_answered_with_the_five_required_elements(town: Town) -> None:
    assert await town.text(ANN, "Join!") == 200
    await town.pump()
    assert await town.received(ANN) == [
        "Riverside Tenants Union: Thanks for joining Rent Alerts! Up to 6 msgs/month. "
        "Msg&data rates may apply. Reply HELP for help, STOP to cancel."
    ]


async def test_a_keyword_subscribes_on_a_basis_with_the_words_on_record(town: Town) -> None:
    await town.text(ANN, "join")
    [(state, basis)] = await town.query(
        "select s.state, p.payload from subscription s "
        "join consent_payload p on p.event_id = s.basis_event_id"
    )
    assert state == "subscribed"
    assert basis["words"] == "join"
    assert basis["keyword"] == "JOIN"
    assert "Msg&data rates" in basis["confirmation"]


async def test_help_names_the_organization_and_a_way_to_reach_it(town: Town) -> None:
    await town.text(ANN, "help")
    await town.pump()
    [answer] = await town.received(ANN)
    assert "Riverside Tenants Union" in answer
    assert "help@riverside.example" in answer


async def test_a_strangers_text_is_kept_and_waits_for_a_reply(town: Town) -> None:
    await town.text(ANN, "my heating is broken since monday")
    await town.pump()
    assert await town.received(ANN) == []
    [(body, waiting)] = await town.query(
        "select m.body, c.needs_reply_since is not null from message m "
        "join conversation c on c.recipient_id = m.recipient_id"
    )
    assert body == "my heating is broken since monday"
    assert waiting


async def test_stop_is_confirmed_once_and_forbids_everything_after(town: Town) -> None:
    [recipient] = await town.subscribe(ANN)
    assert await town.text(ANN, "STOP") == 200
    assert await town.text(ANN, "stop!!") == 200
    await town.pump()
    texts = await town.received(ANN)
    assert len(texts) == 1
    assert "unsubscribed" in texts[0]
    [(suppressed, state)] = await town.query(
        "select r.suppressed_at is not null, s.state from recipient r "
        "join subscription s on s.recipient_id = r.id where r.id = :id",
        id=recipient,
    )
    assert suppressed
    assert state == "unsubscribed"


async def test_help_after_stop_is_answered_but_not_once_stop_comes_again(town: Town) -> None:
    await town.text(ANN, "STOP")
    await town.text(ANN, "HELP")
    await town.text(ANN, "STOP")
    await town.pump()
    assert len(await town.received(ANN)) == 1  # the confirmation alone
    await town.text(ANN, "HELP")
    await town.pump()
    assert "help@riverside.example" in (await town.received(ANN))[-1]


async def test_a_wrong_number_is_suppressed_without_an_answer(town: Town) -> None:
    await town.text(ANN, "wrong number")
    await town.pump()
    assert await town.received(ANN) == []
    [(suppressed,)] = await town.query("select suppressed_at is not null from recipient")
    assert suppressed


@pytest.mark.parametrize("body", ["", "   ", "👍", "\u200b", "x" * 1600, "%", "' or 1=1 --", "\x07"])
async def test_any_words_at_all_are_stored(town: Town, body: str) -> None:
    assert await town.text(ANN, body) == 200
    [(stored,)] = await town.query("select body from message where direction = 'in'")
    assert stored == body


async def test_who_writes_in_spanish_or_joined_so_is_answered_in_spanish(town: Town) -> None:
    for words in ("AYUDA", "ALTO"):
        await town.text(ANN, words)
        await town.pump()
    about, out = await town.received(ANN)
    assert about.startswith("Riverside Tenants Union: Para ayuda, help@riverside.example.")
    assert out == "Riverside Tenants Union: Cancelaste y no te enviaremos nada nuevo."
    bea = "+15105550124"
    await town.subscribe(bea)
    await town.execute("update contact set language = 'es'")
    await town.text(bea, "STOP")
    await town.pump()
    assert (await town.received(bea))[-1] == out


async def test_stops_filed_together_are_each_confirmed_in_their_language(town: Town) -> None:
    words = dict(zip(phones(4), ("ALTO", "STOP", "Alto!", "Stop."), strict=True))
    await asyncio.gather(*(town.text(phone, said) for phone, said in words.items()))
    await town.pump()
    for phone, said in words.items():
        [told] = await town.received(phone)
        assert ("Cancelaste" in told) == said.upper().startswith("ALTO")
