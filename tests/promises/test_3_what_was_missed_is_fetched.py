"""Promise 3: what could not reach us is fetched from the carrier's list, and until it is, nothing that it
could forbid is sent.

Here in one process; after an hour of silence of a whole installation in `tests/faults/`.
"""

import asyncio
from datetime import timedelta

import pytest

from tests.factories.town import Town, eventually, phones
from tests.promises.stored_texts import stored
from tests.promises.webhooks import post_inbound
from textbank import across
from textbank.inbound.reconcile import Reconciled, reconcile
from textbank.messaging.protocol import HEARING_GAP
from textbank.simulator.records import Message
from textbank.sms.carrier import Carrier, CarrierUnavailable
from textbank.twilio.client import TwilioCarrier

ANN = "+15105550123"
BEN = "+15105550124"
QUESTION = "When does the rally start?"


# Fetched


OLDER_THAN_ANY_WEBHOOK = timedelta(seconds=40)


async def read_the_list(town: Town) -> Reconciled:
    return await reconcile(town.database, town.organization_id, town.account_id, town.carriers)


async def text_unheard(
    town: Town, phone: str, body: str, *, ago: timedelta = OLDER_THAN_ANY_WEBHOOK
) -> Message:
    """A text whose webhook is not called; sent so long ago, as the carrier says."""
    await town.behave(inbound_blackout=True)
    url = f"{town.carrier_url}/_simulator/phones/{phone}/texts"
    async with town.http.post(url, json={"to": town.number, "body": body}) as answer:
        sid = (await answer.json())["sid"]
    await town.behave(inbound_blackout=False)
    message = next(one for one in town.simulator.exchange.messages() if one.sid == sid)
    message.created -= ago.total_seconds()
    if message.sent:
        message.sent -= ago.total_seconds()
    return message


async def test_a_text_that_no_webhook_brought_is_fetched_once(town: Town) -> None:
    await text_unheard(town, ANN, QUESTION)
    assert await town.text(BEN, "hello") == 200
    assert (await read_the_list(town)).filed == 1
    assert (await read_the_list(town)).filed == 0
    assert await stored(town) == ["hello", QUESTION]


async def test_a_webhook_that_comes_after_its_text_was_fetched_stores_nothing_more(town: Town) -> None:
    message = await text_unheard(town, ANN, QUESTION)
    await read_the_list(town)
    assert await post_inbound(town, ANN, QUESTION, sid=message.sid) == 200
    assert await stored(town) == [QUESTION]


async def test_fetching_and_hearing_at_once_stores_once(town: Town) -> None:
    messages = [await text_unheard(town, phone, "JOIN") for phone in phones(10)]
    await asyncio.gather(
        read_the_list(town),
        read_the_list(town),
        *(post_inbound(town, one.phone, "JOIN", sid=one.sid) for one in messages),
    )
    assert await stored(town) == ["JOIN"] * 10
    await town.pump()
    for one in messages:
        assert len(await town.received(one.phone)) == 1


async def test_a_fetched_stop_forbids_and_is_filed_before_what_came_earlier(town: Town) -> None:
    await text_unheard(town, ANN, QUESTION)
    await text_unheard(town, ANN, "I will come")
    await text_unheard(town, BEN, "stop!")
    await read_the_list(town)
    assert await stored(town) == ["stop!", QUESTION, "I will come"]
    [(suppressed,)] = await town.query(
        "select suppressed_at is not null from recipient where e164 = :p", p=BEN
    )
    assert suppressed


@pytest.mark.parametrize("words", ["STOP", "JOIN", "HELP"])
async def test_a_text_filed_more_than_five_minutes_late_gets_no_automatic_answer(
    town: Town, words: str
) -> None:
    await text_unheard(town, ANN, words, ago=timedelta(minutes=6))
    await town.execute("update carrier_account set reconciled_at = now() - interval '1 hour'")
    await read_the_list(town)
    await town.pump()
    assert await stored(town) == [words]
    assert await town.received(ANN) == []


# Held


async def silence(town: Town, length: timedelta) -> None:
    """Nobody heard the account for so long, and somebody hears it now."""
    await town.execute(
        "update carrier_account set heard_at = now() - cast(:length as interval)", length=length
    )
    await across.hear(town.database, HEARING_GAP)


async def end_of_gap_was(town: Town, ago: timedelta) -> None:
    await town.execute("update carrier_account set gap_ended_at = now() - cast(:ago as interval)", ago=ago)


async def is_held(town: Town) -> bool:
    [(held,)] = await town.query("select held_since is not null from carrier_account")
    return bool(held)


async def test_after_a_gap_nothing_that_we_start_leaves_until_the_list_was_read_past_it(town: Town) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch()
    await text_unheard(town, BEN, "STOP")
    await silence(town, timedelta(hours=1))
    await town.pump()
    assert (await town.counts())["created"] == 0
    # A list that was read too soon after the gap may not show all of it.
    assert not (await read_the_list(town)).hold_lifted
    await end_of_gap_was(town, timedelta(seconds=11))
    assert (await read_the_list(town)).hold_lifted
    await town.pump()
    assert len(await town.received(ANN)) == 1
    assert all("unsubscribed" in body for body in await town.received(BEN))


async def test_during_a_hold_a_question_is_still_answered(town: Town) -> None:
    await silence(town, timedelta(minutes=1))
    assert await town.text(ANN, "HELP") == 200
    await town.pump()
    assert len(await town.received(ANN)) == 1


async def test_a_list_that_cannot_be_read_lifts_no_hold(town: Town) -> None:
    await silence(town, timedelta(hours=1))
    await end_of_gap_was(town, timedelta(minutes=1))
    unreachable = TwilioCarrier("AC0", "token", api_url="http://127.0.0.1:1")

    async def carrier_for(_organization: int, _account: int) -> Carrier:
        return unreachable

    with pytest.raises(CarrierUnavailable):
        await reconcile(town.database, town.organization_id, town.account_id, carrier_for)
    await unreachable.close()
    assert await is_held(town)
    assert (await read_the_list(town)).hold_lifted


async def test_a_gap_that_begins_while_the_list_is_read_keeps_its_hold(town: Town) -> None:
    await silence(town, timedelta(hours=1))
    await end_of_gap_was(town, timedelta(minutes=1))

    async def read_with_a_gap_meanwhile(organization_id: int, account_id: int) -> Carrier:
        await silence(town, timedelta(minutes=1))
        return await town.carriers(organization_id, account_id)

    read = await reconcile(town.database, town.organization_id, town.account_id, read_with_a_gap_meanwhile)
    assert not read.hold_lifted
    assert await is_held(town)


async def test_a_short_restart_is_no_gap(town: Town) -> None:
    await silence(town, timedelta(seconds=15))
    assert not await is_held(town)


async def test_while_nobody_hears_nothing_that_we_start_gets_a_permit(town: Town) -> None:
    await town.subscribe(ANN)
    await town.launch()
    await town.execute("update carrier_account set heard_at = now() - interval '25 seconds'")
    pumping = asyncio.create_task(town.pump(seconds=1.0))

    async def refused() -> bool:
        [(put_back,)] = await town.query("select due_at > queued_at from outbox")
        return bool(put_back)

    await eventually(refused)
    await pumping
    assert (await town.counts())["created"] == 0
