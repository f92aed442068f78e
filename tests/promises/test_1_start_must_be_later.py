"""Promise 1 and START: only a START that the carrier received later than every STOP lets texts leave again.

Webhooks carry no time and come in any order. Here the carrier's own times are set by the test, in seconds
of one minute, and its webhooks are posted in the order that the test wants.
"""

import asyncio

import pytest

from tests.factories.town import Town
from tests.promises.desk import Desk
from tests.promises.webhooks import post_inbound, post_status
from textbank import clock
from textbank.consent.opt_out import opt_out
from textbank.inbound.come_back import come_back
from textbank.simulator.records import Message
from textbank.sms.carrier import Carrier, CarrierRecord, CarrierUnavailable

ANN = "+15105550123"
BACK_IN = "You can get texts from us again"


class Minute:
    """Texts from one phone, each at a second of the minute before this one."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.began = clock.now().timestamp() - 60.0

    async def at(self, second: float, body: str) -> str:
        """The carrier receives a text; our webhook does not hear of it yet. Returns its id."""
        given = {"to": self.town.number, "body": body, "unheard": True}
        url = f"{self.town.carrier_url}/_simulator/phones/{ANN}/texts"
        async with self.town.http.post(url, json=given) as answer:
            sid = str((await answer.json())["sid"])
        self._message(sid).sent = self.began + second
        return sid

    async def hears(self, sid: str) -> None:
        """Our webhook is told of it."""
        assert await post_inbound(self.town, ANN, self._message(sid).body, sid=sid) == 200

    async def heard_at(self, second: float, body: str) -> str:
        """Both at once."""
        sid = await self.at(second, body)
        await self.hears(sid)
        return sid

    def forgets(self, sid: str) -> None:
        """The carrier has deleted it."""
        account = self.town.simulator.exchange.accounts[self.town.simulator.exchange.settings.accounts[0].sid]
        account.store.forget(self._message(sid))

    def _message(self, sid: str) -> Message:
        account = self.town.simulator.exchange.settings.accounts[0].sid
        return self.town.simulator.exchange.accounts[account].store.by_sid[sid]


async def decide(town: Town) -> None:
    await come_back(town.database, town.organization_id, town.carriers)


async def suppressed(town: Town) -> bool:
    [(yes, still_open)] = await town.query(
        "select r.suppressed_at is not null, exists (select from suppression s "
        "where s.recipient_id = r.id and s.lifted_at is null) from recipient r where r.e164 = :p",
        p=ANN,
    )
    assert yes == still_open
    return bool(yes)


async def told(town: Town) -> list[str]:
    await town.pump()
    return await town.received(ANN)


async def test_a_start_a_second_later_lets_texts_leave_again(town: Town) -> None:
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(11, "START")
    assert await suppressed(town)  # until the carrier was asked
    await decide(town)
    assert not await suppressed(town)
    assert BACK_IN in (await told(town))[-1]
    desk = Desk.of(town)
    await desk.queue(await desk.person(ANN), "reply")
    assert len((await desk.permit_all()).permits) == 1
    assert await town.query("select 1 from pending_start") == []


@pytest.mark.parametrize("second", [10, 10.9, 9, 0])
async def test_a_start_of_the_same_second_or_earlier_changes_nothing(town: Town, second: float) -> None:
    """The carrier tells times in whole seconds."""
    minute = Minute(town)
    minute.began = float(int(minute.began))
    await minute.heard_at(10, "STOP")
    await minute.heard_at(second, "START")
    await decide(town)
    assert await suppressed(town)
    assert all(BACK_IN not in text for text in await told(town))
    assert await town.query("select 1 from pending_start") == []


@pytest.mark.parametrize("unknown", ["STOP", "START"])
async def test_a_time_that_the_carrier_does_not_know_changes_nothing(town: Town, unknown: str) -> None:
    minute = Minute(town)
    sids = {"STOP": await minute.heard_at(10, "STOP"), "START": await minute.heard_at(20, "START")}
    minute.forgets(sids[unknown])
    await decide(town)
    assert await suppressed(town)


async def test_while_the_carrier_cannot_be_asked_nothing_changes_and_the_start_waits(town: Town) -> None:
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(20, "START")

    class Away:
        async def fetch(self, sid: str) -> CarrierRecord | None:
            raise CarrierUnavailable(sid)

    async def away(_organization: int, _account: int) -> Carrier:
        return Away()  # type: ignore[return-value]

    with pytest.raises(CarrierUnavailable):
        await come_back(town.database, town.organization_id, away)
    assert await suppressed(town)
    await decide(town)
    assert not await suppressed(town)


async def test_a_stop_sent_after_the_start_holds_also_when_both_are_decided_late(town: Town) -> None:
    minute = Minute(town)
    for second, body in ((10, "STOP"), (20, "START"), (30, "STOP")):
        await minute.heard_at(second, body)
    await decide(town)
    assert await suppressed(town)


async def test_a_stop_heard_while_the_carrier_is_asked_holds(town: Town) -> None:
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(20, "START")
    late = await minute.at(30, "STOP")

    async def interrupted(organization: int, account: int) -> Carrier:
        real = await town.carriers(organization, account)

        class Slow:
            async def fetch(self, sid: str) -> CarrierRecord | None:
                record = await real.fetch(sid)
                await minute.hears(late)
                return record

        return Slow()  # type: ignore[return-value]

    await come_back(town.database, town.organization_id, interrupted)
    assert await suppressed(town)
    await decide(town)
    assert await suppressed(town)


async def test_an_older_stop_that_is_heard_after_the_start_counts_again(town: Town) -> None:
    """We cannot know that nothing else was meant by it, and being silent hurts nobody."""
    minute = Minute(town)
    late = await minute.at(15, "STOP")
    await minute.heard_at(10, "STOP")
    await minute.heard_at(20, "START")
    await decide(town)
    assert not await suppressed(town)
    await minute.hears(late)
    assert await suppressed(town)


async def test_a_start_heard_before_the_stop_that_it_followed_does_not_undo_it_by_itself(town: Town) -> None:
    minute = Minute(town)
    stop = await minute.at(10, "STOP")
    await minute.heard_at(20, "START")
    await decide(town)
    await minute.hears(stop)
    assert await suppressed(town)


async def test_an_opt_out_recorded_by_us_after_the_start_was_sent_holds(town: Town) -> None:
    """STOP, START, and then the carrier blocks again: the block is newer than the START."""
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    desk = Desk.of(town)
    ann = await desk.person(ANN)
    async with town.database.transaction(town.organization_id) as session:
        await opt_out(
            session,
            town.organization_id,
            ann,
            "carrier_block",
            carrier_time=clock.now(),
            evidence={"carrier_error": 21610},
        )
    await minute.heard_at(20, "START")
    await decide(town)
    assert await suppressed(town)
    await minute.heard_at(62, "START")
    await decide(town)
    assert not await suppressed(town)


async def test_an_old_block_told_again_does_not_undo_a_start(town: Town) -> None:
    """Status callbacks come twice and late; what one of them said once has been followed once."""
    minute = Minute(town)
    desk = Desk.of(town)
    await desk.queue(await desk.person(ANN), "reply")
    [permit] = (await desk.permit_all()).permits
    for _ in range(2):
        assert await post_status(town, permit.attempt_id, "SM" + "1" * 32, "failed", error_code=21610) == 204
    assert await suppressed(town)
    await minute.heard_at(62, "START")
    await decide(town)
    assert not await suppressed(town)
    assert await post_status(town, permit.attempt_id, "SM" + "1" * 32, "failed", error_code=21610) == 204
    assert not await suppressed(town)


async def test_a_new_stop_after_a_start_is_confirmed_anew(town: Town) -> None:
    minute = Minute(town)
    for second, body in (
        (10, "STOP"),
        (20, "START"),
        (30, "STOP"),
        (31, "STOP"),
        (40, "START"),
        (50, "STOP"),
    ):
        await minute.heard_at(second, body)
        await decide(town)
        await town.pump()
    said = [("STOP" if "unsubscribed" in text else "START") for text in await told(town)]
    assert said == ["STOP", "START", "STOP", "START", "STOP"]


async def test_two_deciders_at_once_answer_a_start_once(town: Town) -> None:
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(20, "START")
    await asyncio.gather(*(decide(town) for _ in range(3)))
    assert sum(BACK_IN in text for text in await told(town)) == 1


# A keyword of a suppressed number is a wish to come back, and is measured the same way


async def test_a_keyword_sent_after_the_stop_brings_them_back_and_subscribes(town: Town) -> None:
    minute = Minute(town)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(20, "JOIN")
    assert await town.query("select 1 from subscription where state = 'subscribed'") == []
    await decide(town)
    assert not await suppressed(town)
    assert "Thanks for joining" in (await told(town))[-1]
    assert await town.query("select state from subscription") == [("subscribed",)]


@pytest.mark.parametrize("second", [10, 5])
async def test_a_keyword_not_later_neither_subscribes_nor_is_answered(town: Town, second: int) -> None:
    minute = Minute(town)
    await town.subscribe(ANN)
    await minute.heard_at(10, "STOP")
    await minute.heard_at(second, "JOIN")
    await decide(town)
    assert await suppressed(town)
    assert len(await told(town)) == 1  # the confirmation of the STOP
    assert await town.query("select state from subscription") == [("unsubscribed",)]
    await town.execute("update subscription set state = 'subscribed'")
    desk = Desk.of(town)
    await desk.queue(await desk.person(ANN), "keyword_answer")
    assert list((await desk.permit_all()).refused.values()) == ["suppressed"]
