"""Promise 3: a webhook answered 2xx is stored, once.

Here in one process; with parts that are killed in `tests/faults/`. What no webhook brought is in
`test_3_what_was_missed_is_fetched.py`.
"""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.factories.town import Town, phones
from tests.promises.stored_texts import stored
from tests.promises.webhooks import new_sid, post_inbound, post_status
from textbank.settings import Settings
from textbank.simulator.signing import signature

ANN = "+15105550123"
BEN = "+15105550124"
QUESTION = "When does the rally start?"


async def nothing_is_kept(town: Town) -> bool:
    [(messages, recipients, ids)] = await town.query(
        "select (select count(*) from message), (select count(*) from recipient), "
        "(select count(*) from carrier_message)"
    )
    return not (messages or recipients or ids)


# Once


async def test_a_webhook_that_comes_twice_is_stored_once(town: Town) -> None:
    sid = new_sid()
    assert await post_inbound(town, ANN, QUESTION, sid=sid) == 200
    assert await post_inbound(town, ANN, QUESTION, sid=sid) == 200
    assert await stored(town) == [QUESTION]


async def test_a_webhook_that_comes_ten_times_at_once_is_stored_and_acted_on_once(town: Town) -> None:
    sid = new_sid()
    answers = await asyncio.gather(*(post_inbound(town, ANN, "JOIN", sid=sid) for _ in range(10)))
    assert answers == [200] * 10
    assert await stored(town) == ["JOIN"]
    await town.pump()
    assert len(await town.received(ANN)) == 1


async def test_the_same_words_sent_twice_are_two_texts(town: Town) -> None:
    assert await town.text(ANN, "ok") == 200
    assert await town.text(ANN, "ok") == 200
    assert await stored(town) == ["ok", "ok"]


# Signed


@pytest.mark.parametrize("wrong", ["token", "words", "address", "missing", "account"])
async def test_a_webhook_that_is_not_signed_by_its_account_leaves_nothing(town: Town, wrong: str) -> None:
    account = town.simulator.exchange.settings.accounts[0]
    url = f"{town.settings.textbank_public_url}/webhooks/twilio/inbound"
    fields = {"MessageSid": new_sid(), "From": ANN, "To": town.number, "Body": "STOP", "NumMedia": "0"}
    fields["AccountSid"] = "AC" + "0" * 32 if wrong == "account" else account.sid
    token = "somebody else's" if wrong == "token" else account.auth_token
    signed = signature(token, url + "/" if wrong == "address" else url, fields)
    if wrong == "words":
        fields["Body"] = "START"
    headers = {} if wrong == "missing" else {"X-Twilio-Signature": signed}
    async with town.http.post(url, data=fields, headers=headers) as answer:
        assert answer.status == 403
    assert await nothing_is_kept(town)


async def test_a_text_for_a_number_that_is_nobodys_leaves_nothing(town: Town) -> None:
    assert await post_inbound(town, ANN, QUESTION, to="+14155550999") == 503
    assert await nothing_is_kept(town)


# Stored before it is answered

_FAIL_AT_COMMIT = """
create function fail_at_commit() returns trigger language plpgsql as
  'begin raise exception ''the disk is full''; end';
create constraint trigger fail_at_commit after insert or update on {table}
  deferrable initially deferred for each row execute function fail_at_commit();
"""
_HEAL = "drop function fail_at_commit() cascade"


async def _run(admin: AsyncEngine, script: str) -> None:
    async with admin.begin() as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                await connection.exec_driver_sql(statement)


@pytest.mark.parametrize("words", [QUESTION, "STOP", "JOIN"])
async def test_a_commit_that_fails_is_not_answered_2xx_and_its_repeat_is_stored(
    town: Town, admin: AsyncEngine, words: str
) -> None:
    sid = new_sid()
    await _run(admin, _FAIL_AT_COMMIT.format(table="message"))
    assert await post_inbound(town, ANN, words, sid=sid) >= 500
    assert await nothing_is_kept(town)
    await _run(admin, _HEAL)
    assert await post_inbound(town, ANN, words, sid=sid) == 200
    assert await stored(town) == [words]


async def test_a_status_whose_commit_fails_is_not_answered_2xx(town: Town, admin: AsyncEngine) -> None:
    await town.behave(callbacks_enabled=False)
    await town.subscribe(ANN)
    await town.launch()
    await town.pump()
    [(attempt, sid)] = await town.query("select attempt_id, sid from carrier_message")
    await _run(admin, _FAIL_AT_COMMIT.format(table="delivery"))
    assert await post_status(town, attempt, sid, "delivered") >= 500
    await _run(admin, _HEAL)
    assert await post_status(town, attempt, sid, "delivered") == 204
    [(status,)] = await town.query("select status from delivery")
    assert status == "delivered"


async def test_while_the_database_is_away_nothing_is_answered_2xx(town: Town, settings: Settings) -> None:
    sid = new_sid()
    assert await post_inbound(town, BEN, QUESTION) == 200
    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    server = create_async_engine(
        settings.database_url.replace(f"/{name}", "/postgres"), isolation_level="AUTOCOMMIT"
    )
    async with server.connect() as connection:
        await connection.exec_driver_sql(f"alter database {name} allow_connections false")
        await connection.execute(_END_CONNECTIONS, {"name": name})
        try:
            assert await post_inbound(town, ANN, "STOP", sid=sid) >= 500
        finally:
            await connection.exec_driver_sql(f"alter database {name} allow_connections true")
    await server.dispose()
    assert await post_inbound(town, ANN, "STOP", sid=sid) == 200
    await town.database.app.dispose()  # our own connections, not the web application's
    assert await stored(town) == [QUESTION, "STOP"]


_END_CONNECTIONS = sa.text(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = :name and pid <> pg_backend_pid()"
)


async def test_connections_that_broke_meanwhile_cost_nobody_a_repeat(town: Town, settings: Settings) -> None:
    await asyncio.gather(*(post_inbound(town, phone, "hello") for phone in phones(10)))
    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    server = create_async_engine(settings.database_url.replace(f"/{name}", "/postgres"))
    async with server.connect() as connection:
        await connection.execute(_END_CONNECTIONS, {"name": name})
    await server.dispose()
    assert await post_inbound(town, ANN, QUESTION) == 200
    await town.database.app.dispose()
    assert (await stored(town))[-1] == QUESTION
