"""Promise 1: once a STOP is answered, nothing leaves for that number but what the promise names.

Here the parts run in one process, taken apart where a STOP can come between them. The same with parts
that are killed and frozen is in `tests/faults/`; the times of START are in `test_1_start_must_be_later.py`,
and every order of events in `test_1_in_any_order.py`.
"""

import asyncio
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town, eventually
from tests.promises.desk import OPEN, Desk
from tests.promises.webhooks import new_sid, post_inbound
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import receive
from textbank.messaging.permit import Answer
from textbank.messaging.purpose import Purpose
from textbank.simulator.defaults import SECOND_LONG_CODE
from textbank.sms.carrier import NotSent

ANN = "+15105550123"
BEN = "+15105550124"


async def age_of_permit(desk: Desk) -> float:
    [(age,)] = await desk.query(
        "select extract(epoch from clock_timestamp() - max(permit_at))::float8 from attempt"
    )
    return float(age)


def refused(answer: Answer) -> set[str]:
    assert not answer.permits
    return set(answer.refused.values())


# What waits, is claimed or is permitted when the STOP comes


async def test_a_queued_blast_text_never_leaves_after_a_stop(town: Town) -> None:
    await town.subscribe(ANN, BEN)
    await town.launch()
    assert await town.text(ANN, "STOP") == 200
    await town.pump()
    assert [
        text.startswith("Riverside Tenants Union: You are unsubscribed") for text in await town.received(ANN)
    ] == [True]
    assert len(await town.received(BEN)) == 1


PURPOSES: list[tuple[Purpose, str]] = [
    ("help_answer", ""),
    ("start_answer", ""),
    ("keyword_answer", ""),
    ("reply", ""),
    ("reply", OPEN),
    ("first_text", OPEN),
]


@pytest.mark.parametrize(("purpose", "place"), PURPOSES)
async def test_whatever_was_queued_before_a_stop_is_forbidden_by_it(
    desk: Desk, purpose: Purpose, place: str
) -> None:
    ann, ben = await desk.person(ANN), await desk.person(BEN)
    forbidden = await desk.queue(ann, purpose, place=place)
    allowed = await desk.queue(ben, purpose, place=place)
    await desk.hear(ANN, "STOP")
    answer = await desk.permit_all()
    bodies = {one.message_id: one.body for one in answer.permits}
    assert bodies.pop(allowed)
    [confirmation] = bodies.values()
    assert "unsubscribed" in confirmation
    assert answer.refused == {forbidden: "suppressed"}
    [(status,)] = await desk.query("select status from delivery where message_id = :m", m=forbidden)
    assert status == "suppressed"


async def test_a_claimed_text_gets_no_permit_after_a_stop(desk: Desk) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    claimed = await desk.claim()
    assert len(claimed.messages) == 1
    await desk.hear(ANN, "STOP")
    assert refused(await desk.ask(claimed)) == {"suppressed"}
    assert await desk.query("select 1 from attempt") == []


async def test_a_text_taken_back_and_sent_again_is_still_forbidden(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    answer = await desk.permit_all()
    await desk.hear(ANN, "STOP")
    await desk.record(answer, NotSent("the permit ran out"))
    await desk.execute("update outbox set due_at = now()")
    again = await desk.permit_all()
    assert set(again.refused.values()) == {"suppressed"}
    assert all("unsubscribed" in one.body for one in again.permits)


async def test_a_stop_waits_until_a_permit_given_before_it_is_two_seconds_old(town: Town) -> None:
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(ANN))[0], "reply")
    assert len((await desk.permit_all()).permits) == 1
    assert await post_inbound(town, ANN, "STOP") == 200
    assert 2.0 <= await age_of_permit(desk) < 3.5


async def test_a_stop_is_answered_at_once_when_the_permit_before_it_has_its_outcome(town: Town) -> None:
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(ANN))[0], "reply")
    answer = await desk.permit_all()
    stop = asyncio.create_task(post_inbound(town, ANN, "STOP"))
    await asyncio.sleep(0.3)
    assert not stop.done()
    await desk.record(answer)
    assert await stop == 200
    assert await age_of_permit(desk) < 1.8


async def test_a_wrong_number_waits_like_a_stop(town: Town) -> None:
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(ANN))[0], "reply")
    await desk.permit_all()
    assert await post_inbound(town, ANN, "wrong number") == 200
    assert await age_of_permit(desk) >= 2.0


async def test_a_repeated_stop_waits_too(town: Town) -> None:
    """The process that stored it died before it could wait; the carrier brings the same text again."""
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(ANN))[0], "reply")
    await desk.permit_all()
    sid = new_sid()
    await receive(town.database, desk.address, InboundText(sid=sid, from_=ANN, to=town.number, body="STOP"))
    assert await age_of_permit(desk) < 1.5
    assert await post_inbound(town, ANN, "STOP", sid=sid) == 200
    assert await age_of_permit(desk) >= 2.0


async def test_nobody_waits_for_somebody_elses_permit(town: Town) -> None:
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(BEN))[0], "reply")
    await desk.permit_all()
    assert await post_inbound(town, ANN, "STOP") == 200
    assert await age_of_permit(desk) < 1.5


async def test_a_stop_that_cannot_be_sure_is_recorded_and_answers_503(town: Town, admin: AsyncEngine) -> None:
    """While it waits for a permit from before, the database stops answering about permits."""
    desk = Desk.of(town)
    await desk.queue((await town.subscribe(ANN))[0], "reply")
    await desk.permit_all()
    sid, started = new_sid(), time.monotonic()
    stop = asyncio.create_task(post_inbound(town, ANN, "STOP", sid=sid))

    async def suppressed() -> bool:
        return bool(await town.query("select 1 from recipient where suppressed_at is not null"))

    await eventually(suppressed)
    async with admin.begin() as connection:
        await connection.execute(sa.text("lock table attempt in access exclusive mode"))
        assert await stop == 503
    assert 3.9 <= time.monotonic() - started < 6.0
    assert await suppressed()
    assert await post_inbound(town, ANN, "STOP", sid=sid) == 200


async def test_a_permit_asked_for_during_a_stop_waits_and_then_sees_it(desk: Desk) -> None:
    """The STOP holds the recipient's row; whoever asks meanwhile is answered after its commit."""
    await desk.queue(await desk.person(ANN), "reply")
    claimed = await desk.claim()
    async with desk.database.transaction(desk.organization_id) as session:
        await session.execute(sa.text("update recipient set suppressed_at = clock_timestamp()"))
        asking = asyncio.create_task(desk.ask(claimed))
        await asyncio.sleep(0.2)
        assert not asking.done()
    assert refused(await asking) == {"suppressed"}


# The one confirmation, and what a person asks for afterwards


async def test_a_stop_is_confirmed_once_however_often_it_comes(town: Town) -> None:
    for body in ("STOP", "stop", "unsubscribe me please", "STOP"):
        assert await town.text(ANN, body) == 200
    await town.pump()
    assert await town.text(ANN, "STOP ALL") == 200
    await town.pump()
    assert len(await town.received(ANN)) == 1


async def test_two_stops_at_the_same_moment_are_confirmed_once(desk: Desk) -> None:
    await desk.person(ANN)
    await asyncio.gather(*(desk.hear(ANN, "STOP") for _ in range(4)))
    assert len((await desk.permit_all()).permits) == 1


async def test_a_help_after_the_stop_is_answered_and_one_from_before_it_is_not(desk: Desk) -> None:
    await desk.hear(ANN, "HELP")
    await desk.hear(ANN, "STOP")
    await desk.hear(ANN, "HELP")
    answer = await desk.permit_all()
    assert sorted("For help" in one.body for one in answer.permits) == [False, True]
    assert list(answer.refused.values()) == ["suppressed"]


async def test_a_wrong_number_gets_nothing_at_all(desk: Desk) -> None:
    await desk.queue(await desk.subscribe(ANN), "reply")
    received = await desk.hear(ANN, "Wrong number")
    assert received.forbids
    assert refused(await desk.permit_all()) == {"suppressed"}
    [(state,)] = await desk.query("select state from subscription")
    assert state == "unsubscribed"


async def test_a_stop_reaches_a_person_who_was_never_texted(town: Town) -> None:
    assert await town.text(ANN, "STOP") == 200
    await town.subscribe(BEN)
    await town.launch()
    await town.pump()
    assert len(await town.received(ANN)) == 1


# The carrier's own block says the same


@pytest.mark.parametrize("how", ["block", "late"])
async def test_a_block_at_the_carrier_is_an_opt_out_here(town: Town, how: str) -> None:
    sid = town.simulator.exchange.settings.accounts[0].sid
    async with town.http.patch(
        f"{town.carrier_url}/_simulator/accounts/{sid}", json={"default_opt_out": how}
    ) as answer:
        assert answer.status == 200
    [recipient] = await town.subscribe(ANN)
    unheard = {"to": town.number, "body": "STOP", "unheard": True}
    async with town.http.post(f"{town.carrier_url}/_simulator/phones/{ANN}/texts", json=unheard) as answer:
        assert answer.status == 201
    await town.launch()
    await town.pump()
    desk = Desk.of(town)

    async def recorded() -> bool:
        return bool(await desk.query("select 1 from suppression"))

    await eventually(recorded)
    [(cause, suppressed, kind)] = await desk.query(
        "select s.cause, r.suppressed_at is not null, e.kind from suppression s "
        "join recipient r on r.id = s.recipient_id join consent_event e on e.id = s.event_id"
    )
    assert (cause, suppressed, kind) == ("carrier_block", True, "opt_out")
    await desk.queue(recipient, "reply")
    assert refused(await desk.permit_all()) == {"suppressed"}


async def test_an_opt_out_of_one_organization_leaves_another_alone(desk: Desk) -> None:
    other = await Desk.found(desk.database, "Hillside Mutual Aid", address=SECOND_LONG_CODE)
    for one in (desk, other):
        await one.subscribe(ANN)
        await one.launch()
    await desk.hear(ANN, "STOP")
    assert all("unsubscribed" in one.body for one in (await desk.permit_all()).permits)
    assert len((await other.permit_all()).permits) == 1
