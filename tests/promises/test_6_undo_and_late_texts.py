"""Promise 6 where a press is taken back, or comes late: nobody is texted twice, nothing is lost unseen."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories.office import Office
from tests.factories.texting import Texting, make_campaign, more_texters
from tests.factories.town import Town
from textbank.assignments.first_texts import first_texts
from textbank.assignments.press import LATEST, UNDO, Press, Verdict
from textbank.assignments.press import press as press_all
from textbank.assignments.take_batch import take_batch
from textbank.assignments.undo import Undone
from textbank.assignments.undo import undo as undo_one
from textbank.messaging.claim import claim
from textbank.messaging.models import Lane


async def in_hand(town: Town, texting: Texting, member: int, batch: int = 20) -> list[Press]:
    """Take a batch; what a press for each of it would say."""
    async with town.database.transaction(town.organization_id) as session:
        await take_batch(session, town.organization_id, texting.campaign_id, member, batch=batch)
        texts = await first_texts(session, town.organization_id, texting.campaign_id, member, secret="none")
        return [
            Press(texting.campaign_id, one.recipient_id, member, one.script_id, one.composed.body, one.undone)
            for one in texts
        ]


async def press(town: Town, one: Press) -> Verdict:
    async with town.database.transaction(town.organization_id) as session:
        [pressed] = await press_all(session, town.organization_id, [one])
        return pressed.verdict


async def undo(town: Town, one: Press) -> Undone:
    async with town.database.transaction(town.organization_id) as session:
        return await undo_one(
            session, town.organization_id, one.campaign_id, one.recipient_id, member_id=one.member_id
        )


async def claim_all(town: Town) -> int:
    """What a worker does just before it asks for a permit."""
    async with town.database.transaction(town.organization_id) as session:
        claimed = await claim(
            session,
            town.organization_id,
            town.sender_id,
            lanes=[Lane.FIRST_TEXT],
            token=uuid4(),
            texts=100,
            segments=100,
        )
        return len(claimed)


async def one_in_hand(office: Office, count: int = 1) -> tuple[Texting, Press]:
    member = office.members["texter"]
    texting = await make_campaign(office.town, count, texters=(member,))
    [first, *_] = await in_hand(office.town, texting, member)
    return texting, first


async def test_a_text_waits_for_five_seconds_and_can_be_taken_back_and_sent_anew(office: Office) -> None:
    town = office.town
    texting, first = await one_in_hand(office)
    assert await press(town, first) == "sent"
    assert await town.query("select due_at - queued_at from outbox") == [(UNDO,)]
    assert await claim_all(town) == 0
    assert await undo(town, first) == "undone"
    assert await undo(town, first) == "undone"
    assert await town.query("select 1 from outbox") == []
    assert await town.query("select purpose, campaign_id from message") == [("taken_back", None)]
    [again] = await in_hand(town, texting, first.member_id)
    assert again.undone == 2
    assert await press(town, again) == "sent"
    await town.let_all_leave()
    [phone] = texting.people
    assert await town.received(phone) == [first.body]
    # What was taken back is in nobody's thread.
    staff = await office.signed_in("organizer")
    shown = (await staff.get(f"/inbox/{first.recipient_id}")).text
    assert shown.count('class="bubble') <= 1


async def test_a_press_that_arrives_after_it_was_taken_back_counts_for_nothing(office: Office) -> None:
    """A request that hung on the way, and the same one that a phone repeats."""
    town = office.town
    _, first = await one_in_hand(office)
    assert await undo(town, first) == "undone"
    assert await press(town, first) == "taken_back"
    assert await town.query("select 1 from message") == []


async def test_what_a_worker_has_claimed_is_not_taken_back(office: Office) -> None:
    town = office.town
    texting, first = await one_in_hand(office)
    await press(town, first)
    await town.let_undo_lapse()
    assert await claim_all(town) == 1
    assert await undo(town, first) == "too_late"
    await town.execute("update outbox set claim_token = null, claimed_at = null")
    await town.let_all_leave()
    assert await undo(town, first) == "too_late"
    [phone] = texting.people
    assert len(await town.received(phone)) == 1


@pytest.mark.timeout(120)
async def test_an_undo_that_races_a_worker_sends_one_text_or_none(office: Office) -> None:
    town = office.town
    member = office.members["texter"]
    texting = await make_campaign(town, 40, texters=(member,))
    texts = await in_hand(town, texting, member, batch=40)
    for one in texts:
        await press(town, one)
    await town.let_undo_lapse()
    pumping = asyncio.create_task(town.pump())
    told = await asyncio.gather(*(undo(town, one) for one in texts))
    await pumping
    await town.let_all_leave()
    for phone, recipient in texting.people.items():
        verdict = next(said for said, one in zip(told, texts, strict=True) if one.recipient_id == recipient)
        assert len(await town.received(phone)) == {"undone": 0, "too_late": 1}[verdict]


async def test_an_undo_that_overtakes_its_press_or_waits_for_it_is_never_too_late(office: Office) -> None:
    town = office.town
    member = office.members["texter"]
    texting = await make_campaign(town, 30, texters=(member,))
    texts = await in_hand(town, texting, member, batch=30)
    told = await asyncio.gather(*(each for one in texts for each in (press(town, one), undo(town, one))))
    assert set(told[1::2]) == {"undone"}
    assert set(told[::2]) <= {"sent", "taken_back"}
    assert await town.query("select 1 from outbox") == []


async def test_nobody_takes_back_what_another_texter_sent(office: Office) -> None:
    town = office.town
    _, first = await one_in_hand(office)
    await press(town, first)
    [other] = await more_texters(office, 1)
    assert await undo(town, replace(first, member_id=other)) == "not_yours"
    assert await town.query("select purpose from message") == [("first_text",)]


@pytest.mark.parametrize("waited", [LATEST + timedelta(seconds=1), timedelta(hours=2), timedelta(seconds=-1)])
async def test_a_text_that_waited_too_long_is_refused_and_its_person_goes_to_others(
    office: Office, waited: timedelta
) -> None:
    town = office.town
    texting, first = await one_in_hand(office)
    late = replace(first, waited=waited)
    assert await press(town, late) == "too_old"
    assert await town.query("select 1 from message") == []
    assert await town.query("select assigned_member_id from audience_member") == [(None,)]
    [other] = await more_texters(office, 1)
    await town.execute(
        "insert into campaign_texter (organization_id, campaign_id, member_id) values (:o, :c, :m)",
        o=town.organization_id,
        c=texting.campaign_id,
        m=other,
    )
    assert len(await in_hand(town, texting, other)) == 1
    assert await press(town, late) == "given_back"


async def test_a_late_text_that_had_arrived_after_all_is_answered_as_sent(office: Office) -> None:
    town = office.town
    _, first = await one_in_hand(office)
    assert await press(town, first) == "sent"
    assert await press(town, replace(first, waited=timedelta(hours=2))) == "already"
