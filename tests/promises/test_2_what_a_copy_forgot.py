"""Promises 1 to 3 after a restore: what was sent and heard since the copy is learned before anything leaves.

Here in one process, with a database that is told to be a copy; with a real copy of a whole installation in
`tests/faults/test_restore_in_mid_blast.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town, phones
from tests.promises.restored_copy import (
    forget_the_queue,
    goes_on,
    heard_since,
    read_the_list,
    restored,
    sent_since,
)
from tests.promises.webhooks import post_status
from textbank.consent.wording import opted_out
from textbank.inbound.reconcile import reconcile
from textbank.messaging.enqueue import enqueue
from textbank.sms.carrier import Carrier, CarrierUnavailable

ANN = "+15105550123"
BEN = "+15105550124"
RALLY = "Riverside Tenants Union: Rally on Saturday. Reply STOP to opt out."
Forget = Callable[[], Awaitable[None]]


@pytest.fixture
def restore(town: Town, admin: AsyncEngine) -> Forget:
    return partial(restored, town, admin)


async def test_a_text_that_waits_in_the_copy_and_left_since_is_not_sent_again(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await restore()
    await sent_since(town, ANN, RALLY)
    assert (await read_the_list(town)).hold_lifted
    await goes_on(town)
    assert await town.received(ANN) == [RALLY]
    assert await town.received(BEN) == [RALLY]
    assert await town.query("select count(*) from attempt where outcome = 'accepted'") == [(2,)]


async def test_of_three_alike_with_two_in_the_list_one_is_sent(town: Town, restore: Forget) -> None:
    recipient = await town.recipient(ANN)
    async with town.database.transaction(town.organization_id) as session:
        for _ in range(3):
            await enqueue(
                session,
                town.organization_id,
                recipient_id=recipient,
                sender_id=town.sender_id,
                purpose="reply",
                body="At noon.",
            )
    await restore()
    await sent_since(town, ANN, "At noon.")
    await sent_since(town, ANN, "At noon.")
    await read_the_list(town)
    await town.pump()
    assert await town.received(ANN) == ["At noon."] * 3


async def test_two_readings_at_once_count_each_listed_text_once(town: Town, restore: Forget) -> None:
    numbers = phones(20)
    await town.subscribe(*numbers)
    await town.launch(RALLY)
    await restore()
    for number in numbers[:10]:
        await sent_since(town, number, RALLY)
    await asyncio.gather(read_the_list(town), read_the_list(town))
    await read_the_list(town)
    await goes_on(town)
    assert [await town.received(number) for number in numbers] == [[RALLY]] * 20


async def test_an_audience_member_who_was_queued_and_sent_since_gets_no_second_text(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await forget_the_queue(town)
    await restore()
    await sent_since(town, ANN, RALLY)
    await read_the_list(town)
    await goes_on(town)
    assert await town.received(ANN) == [RALLY]
    assert await town.received(BEN) == [RALLY]


async def test_one_who_was_frozen_into_the_audience_since_gets_no_second_text(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await forget_the_queue(town)
    await town.execute("delete from audience_member")
    await town.execute("update campaign set frozen_to = 0, frozen_at = null")
    await restore()
    await sent_since(town, ANN, RALLY)
    await read_the_list(town)
    await goes_on(town)
    assert await town.received(ANN) == [RALLY]
    assert await town.received(BEN) == [RALLY]


async def test_nobody_is_queued_before_the_list_is_read_though_the_campaign_was_resumed(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await forget_the_queue(town)
    await restore()
    await goes_on(town)
    assert await town.query("select count(*) from outbox") == [(0,)]
    assert (await town.counts())["created"] == 0


async def test_a_text_that_the_copy_knows_nothing_of_is_filed_in_its_conversation_once(
    town: Town, restore: Forget
) -> None:
    await restore()
    await sent_since(town, ANN, "See you there, Ann!")
    await read_the_list(town)
    await town.execute("update carrier_account set reconciled_at = null")
    await read_the_list(town)
    assert await town.query(
        "select r.e164, m.body, m.direction, m.rule from message m join recipient r on r.id = m.recipient_id"
    ) == [(ANN, "See you there, Ann!", "out", "carrier_list")]


async def test_a_late_callback_of_a_lost_attempt_counts_for_the_text_that_was_found(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await restore()
    await town.behave(delivery_seconds=600)
    await sent_since(town, ANN, RALLY)
    await read_the_list(town)
    [(sid,)] = await town.query("select sid from carrier_message")
    assert await post_status(town, 999_999_999, sid, "delivered") == 204
    assert await post_status(town, 999_999_998, "SM" + "0" * 32, "delivered") == 204
    assert await town.query(
        "select r.e164, d.status from delivery d join message m on m.id = d.message_id "
        "join recipient r on r.id = m.recipient_id"
    ) == [(ANN, "delivered")]


async def test_not_even_an_answer_leaves_before_the_list_is_read(town: Town, restore: Forget) -> None:
    await restore()
    assert await town.text(ANN, "HELP") == 200
    await town.pump()
    assert await town.received(ANN) == []
    await read_the_list(town)
    await town.pump()
    assert len(await town.received(ANN)) == 1


async def test_a_list_that_cannot_be_read_lifts_nothing_and_is_asked_again(
    town: Town, restore: Forget
) -> None:
    await restore()

    async def away(_organization: int, _account: int) -> Carrier:
        raise CarrierUnavailable("it is away")

    with pytest.raises(CarrierUnavailable):
        await reconcile(town.database, town.organization_id, town.account_id, away)
    assert await town.query("select restored_copy_of is null from carrier_account") == [(False,)]
    assert (await read_the_list(town)).hold_lifted
    assert await town.query("select restored_copy_of is null from carrier_account") == [(True,)]


async def test_a_stop_of_the_lost_time_holds(town: Town, restore: Forget) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch(RALLY)
    await heard_since(town, ANN, "STOP", ago=timedelta(minutes=20))
    await restore()
    await read_the_list(town)
    await goes_on(town)
    assert await town.received(ANN) == []
    assert await town.received(BEN) == [RALLY]


async def test_the_confirmation_of_a_stop_is_not_sent_a_second_time(town: Town, restore: Forget) -> None:
    confirmation = opted_out("Riverside Tenants Union")
    await sent_since(town, ANN, confirmation)
    await heard_since(town, ANN, "STOP", ago=timedelta(seconds=40))
    await restore()
    await read_the_list(town)
    await town.pump()
    assert await town.received(ANN) == [confirmation]


async def test_everything_goes_on_by_itself_but_campaigns_which_a_person_resumes(
    town: Town, restore: Forget
) -> None:
    await town.subscribe(ANN)
    await town.launch(RALLY)
    await restore()
    await read_the_list(town)
    await town.pump()
    assert await town.received(ANN) == []
    assert await town.query("select state, paused_because from campaign") == [("paused", "restored_copy")]
