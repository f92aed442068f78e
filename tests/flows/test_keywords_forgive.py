"""Keywords: what may stand after one, almost one, one that was retired, and words that are refused."""

import pytest

from tests.factories.town import Town
from textbank.contacts.create_list import create_list
from textbank.errors import InvalidInput
from textbank.keywords.change_keyword import retire_keyword
from textbank.keywords.create_keyword import create_keyword, usable_word
from textbank.keywords.referrers import code_of, how_many_brought
from textbank.keywords.warn import warnings_about

ANN, BEA = "+15105550123", "+15105550124"


async def keyword(town: Town, word: str, list_name: str = "Rent Alerts", language: str = "en") -> int:
    async with town.database.transaction(town.organization_id) as session:
        if list_name != "Rent Alerts":
            await create_list(session, town.organization_id, list_name)
        await create_keyword(session, town.organization_id, word, list_name, language)
    [(made,)] = await town.query("select max(id) from keyword")
    return int(made)


async def retire(town: Town, keyword_id: int, **more: object) -> None:
    async with town.database.transaction(town.organization_id) as session:
        await retire_keyword(session, town.organization_id, keyword_id, actor="test", **more)  # type: ignore[arg-type]


async def answer_to(town: Town, body: str, phone: str = ANN) -> str:
    return "\n".join(await town.answer_to(phone, body))


async def lists_of(town: Town, phone: str = ANN) -> list[str]:
    return [
        row.name
        for row in await town.query(
            "select l.name from subscription s join contact_list l on l.id = s.list_id "
            "join recipient r on r.id = s.recipient_id where r.e164 = :p order by l.id",
            p=phone,
        )
    ]


async def test_a_zip_code_after_a_keyword_tells_where_they_live_and_whose_clock_counts(town: Town) -> None:
    await town.text(ANN, "JOIN 85701")
    [(zip_code, place)] = await town.query("select c.zip_code, r.place from contact c, recipient r")
    assert zip_code == "85701"
    assert place == "AZ~/America/Phoenix"


async def test_several_words_and_languages_lead_to_one_list(town: Town) -> None:
    await keyword(town, "Únete", language="es")
    assert "Gracias por unirte a Rent Alerts" in await answer_to(town, "unete!")


async def test_a_word_after_a_keyword_may_be_a_keyword_of_its_own(town: Town) -> None:
    await keyword(town, "North", "North side")
    await keyword(town, "Join South", "South side")
    await town.text(ANN, "join north")
    assert await lists_of(town) == ["North side"]
    await town.text(BEA, "JOIN SOUTH")
    assert await lists_of(town, BEA) == ["South side"]


async def test_a_friends_code_tells_who_brought_whom_once(town: Town) -> None:
    [ann] = await town.subscribe(ANN)
    async with town.database.transaction(town.organization_id) as session:
        assert await code_of(session, town.organization_id, ann, "María") == "MARIA"
        assert await code_of(session, town.organization_id, ann, "Somebody else") == "MARIA"
    await town.text(BEA, "JOIN maria")
    await town.text(BEA, "JOIN maria")
    await town.text(ANN, "JOIN maria")
    async with town.database.transaction(town.organization_id) as session:
        assert await how_many_brought(session, town.organization_id, ann) == 1


async def test_almost_a_keyword_is_asked_about_and_yes_joins(town: Town) -> None:
    await keyword(town, "RENTHELP")
    assert "Did you mean RENTHELP? Reply YES to join Rent Alerts." in await answer_to(town, "renthlep")
    assert await lists_of(town) == []
    assert "Thanks for joining" in await answer_to(town, "yes")
    assert await lists_of(town) == ["Rent Alerts"]
    assert await answer_to(town, "yes") == ""  # the question was answered


async def test_what_is_near_two_keywords_is_for_a_person(town: Town) -> None:
    await keyword(town, "RENTAS")
    await keyword(town, "RENTAL", "Others")
    assert await answer_to(town, "rentax") == ""
    [(waits,)] = await town.query("select needs_reply_since is not null from conversation")
    assert waits


async def test_a_retired_keyword_still_answers(town: Town) -> None:
    old = await keyword(town, "RALLY")
    await retire(town, old)
    assert "RALLY has ended, so you were not signed up." in await answer_to(town, "rally")
    assert await lists_of(town) == []
    new = await keyword(town, "RALLY")
    await town.text(ANN, "rally")
    assert await lists_of(town) == ["Rent Alerts"]
    await town.let_answers_leave()
    await retire(town, new, ended_words="The rally was lovely.")
    assert await answer_to(town, "RALLY") == "The rally was lovely."


async def test_a_retired_keyword_may_lead_to_another(town: Town) -> None:
    old = await keyword(town, "RALLY", "Rallies")
    [(join,)] = await town.query("select id from keyword where word = 'JOIN'")
    await retire(town, old, redirect_id=join)
    assert "Thanks for joining Rent Alerts!" in await answer_to(town, "rally")
    with pytest.raises(InvalidInput):
        await retire(town, join, redirect_id=old)


@pytest.mark.parametrize(
    "word", ["stop", "ALTO", "arrêt", "help", "ayuda", "start", "yes", "No", "sí", "LISTA", "pause", "less"]
)
def test_a_reserved_word_is_no_keyword(word: str) -> None:
    with pytest.raises(InvalidInput):
        usable_word(word)


async def test_dangers_of_a_word_are_told_before_it_is_made(town: Town) -> None:
    await keyword(town, "RENTAS")

    async def dangers(word: str) -> list[str]:
        async with town.database.transaction(town.organization_id) as session:
            return [
                f"{one.danger} {one.other}".strip()
                for one in await warnings_about(session, town.organization_id, word)
            ]

    assert await dangers("7") == ["one_character", "digits_only"]
    assert await dangers("gracias") == ["ordinary_word"]
    assert await dangers("renta") == ["near RENTAS"]
    assert await dangers("tenants") == []
