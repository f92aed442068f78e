"""A list that asks back: nobody is on it, and nothing else is sent to them, before their own YES."""

from datetime import datetime

import pytest

from tests.factories.town import Town
from textbank.inbound.come_back import come_back
from textbank.keywords.ask_to_confirm import Asked, ask_to_confirm
from textbank.keywords.opt_in_words import yes_or_no
from textbank.keywords.remind_opt_ins import remind_opt_ins

ANN, BEA = "+15105550123", "+15105550124"
KINDS = "select kind from consent_event order by id"


async def ask_back(town: Town) -> None:
    await town.execute("update contact_list set double_opt_in = true")


async def from_a_page(town: Town, recipient: int) -> Asked:
    async with town.database.transaction(town.organization_id) as session:
        return await ask_to_confirm(
            session,
            town.organization_id,
            recipient_id=recipient,
            list_id=town.list_id,
            source="web",
            language="es",
            evidence={"form": "rent", "words_shown": "I agree"},
        )


async def a_day_later(town: Town, hours: int = 25) -> None:
    await town.execute(
        "update opt_in_request set created_at = created_at - make_interval(hours => :h), "
        "expires_at = expires_at - make_interval(hours => :h)",
        h=hours,
    )
    await town.execute("update recipient set place = 'test/open'")
    async with town.database.transaction(town.organization_id) as session:
        await remind_opt_ins(session, town.organization_id)


async def states(town: Town) -> list[str]:
    """Of Ann's subscriptions."""
    return [
        row.state
        for row in await town.query(
            "select state from subscription s join recipient r on r.id = s.recipient_id where r.e164 = :p",
            p=ANN,
        )
    ]


async def kinds(town: Town) -> list[str]:
    return [row.kind for row in await town.query(KINDS)]


async def test_a_keyword_is_asked_back_and_nothing_else_is_sent_before_the_yes(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.subscribe(BEA)
    await town.launch()
    await town.let_answers_leave()
    assert await town.received(ANN) == [
        "Riverside Tenants Union: Reply YES to get Rent Alerts texts. Up to 6 msgs/month. "
        "Msg&data rates may apply. Reply HELP for help, STOP to cancel."
    ]
    assert await states(town) == []
    await town.text(ANN, "Sí, por favor")
    await town.let_answers_leave()
    assert "Thanks for joining Rent Alerts!" in (await town.received(ANN))[1]
    assert await states(town) == ["subscribed"]


async def test_both_steps_are_the_basis(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "join")
    await town.text(ANN, "yes")
    [(basis,)] = await town.query(
        "select p.payload from subscription s join consent_payload p on p.event_id = s.basis_event_id"
    )
    assert basis["basis"] == "double_opt_in"
    assert (basis["asked"]["words"], basis["words"]) == ("join", "yes")
    assert "Reply YES" in basis["asked"]["question"]
    assert "Msg&data" in basis["confirmation"]
    assert await kinds(town) == ["opt_in_requested", "subscribed"]


async def test_a_no_is_answered_courteously_and_ends_the_question(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.text(ANN, "no thanks")
    await town.text(ANN, "yes")
    await town.let_answers_leave()
    assert "we will not send you Rent Alerts" in (await town.received(ANN))[1]
    assert await states(town) == []
    assert await kinds(town) == ["opt_in_requested", "opt_in_declined"]


async def test_a_question_of_theirs_is_for_a_person_and_the_yes_may_still_come(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.text(ANN, "who is behind this?")
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    assert waits
    await town.text(ANN, "YES!")
    assert await states(town) == ["subscribed"]


@pytest.mark.parametrize("words", ["STOP", "Please stop texting me"])
async def test_a_stop_answers_the_question_for_good(town: Town, words: str) -> None:
    """A phrase goes another way than a plain STOP, which thousands may send at once."""
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.text(ANN, words)
    await town.execute("update recipient set suppressed_at = null")
    await town.text(ANN, "YES")
    assert await states(town) == []


async def test_silence_is_reminded_of_once_and_ends_after_three_days(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.let_answers_leave()
    await a_day_later(town)
    await a_day_later(town, 1)
    await town.let_answers_leave()
    first, second = await town.received(ANN)
    assert "You asked for Rent Alerts texts" in second
    await a_day_later(town, 48)
    await town.let_answers_leave()
    assert await town.received(ANN) == [first, second]
    await town.text(ANN, "YES")
    assert await states(town) == []
    assert await kinds(town) == ["opt_in_requested", "opt_in_expired"]


async def test_a_yes_after_three_days_is_too_late_though_nobody_tidied_up(town: Town) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.execute("update opt_in_request set expires_at = now()")
    await town.text(ANN, "YES")
    assert await states(town) == []


async def test_a_reminder_waits_for_the_hours_at_their_place_and_goes_when_the_answer_comes(
    town: Town,
) -> None:
    await ask_back(town)
    await town.text(ANN, "JOIN")
    await town.let_answers_leave()
    await a_day_later(town)
    [(place,)] = await town.query("select place from outbox_group g join outbox o on o.group_id = g.id")
    assert place == "test/open"
    await town.text(ANN, "yes")
    await town.let_answers_leave()
    assert len(await town.received(ANN)) == 2
    assert "Thanks for joining" in (await town.received(ANN))[1]


async def test_a_page_asks_at_their_daytime_and_a_number_only_once(town: Town) -> None:
    recipient = await town.recipient(ANN)
    assert (await from_a_page(town, recipient)).state == "asked"
    assert (await from_a_page(town, recipient)).state == "waiting"
    [(place,)] = await town.query("select place from outbox_group g join outbox o on o.group_id = g.id")
    assert place == "test/open"
    await town.let_answers_leave()
    [asked] = await town.received(ANN)
    assert "Responde SI para recibir Rent Alerts" in asked
    await town.text(ANN, "si")
    assert await states(town) == ["subscribed"]
    assert (await from_a_page(town, recipient)).state == "already"


async def test_who_is_opted_out_joins_by_a_page_only_with_their_start(town: Town) -> None:
    await town.text(ANN, "STOP")
    await town.let_answers_leave()
    recipient = await town.recipient(ANN)
    asked = await from_a_page(town, recipient)
    assert asked.state == "needs_start"
    await town.let_answers_leave()
    assert len(await town.received(ANN)) == 1  # the confirmation of STOP
    await town.execute(
        "update message set carrier_time = cast(:t as timestamptz) where purpose = 'stop'",
        t=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
    )
    await town.text(ANN, "START")
    await come_back(town.database, town.organization_id, town.carriers)
    await town.let_answers_leave()
    assert await states(town) == ["subscribed"]
    assert "Gracias por unirte a Rent Alerts" in (await town.received(ANN))[-1]


async def test_a_yes_without_an_open_question_is_nobodys_consent(town: Town) -> None:
    await town.text(ANN, "yes")
    assert await states(town) == []
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    assert waits


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("YES", "yes"),
        ("sí!", "yes"),
        ("Yes please", "yes"),
        ("yes yes", "yes"),
        ("No, gracias", "no"),
        ("nope", "no"),
        ("ahora no", "no"),
        ("ok", None),
        ("yes or no?", None),
        ("yes but who are you", None),
        ("thanks", None),
        ("", None),
    ],
)
def test_what_counts_as_an_answer(text: str, meaning: str | None) -> None:
    assert yes_or_no(text) == meaning
