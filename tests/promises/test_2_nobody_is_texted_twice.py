"""Promise 2: a text is handed over at most once, unless it is known that the carrier does not have it.

The way out, step by step and with two sessions at once; how an unknown outcome is settled is in
`test_2_unknown_is_settled_by_evidence.py`, and killed and frozen workers are in `tests/faults/`.
"""

import asyncio
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town, eventually, phones
from tests.promises.desk import Desk
from textbank.campaigns.launch import blast_to_list
from textbank.campaigns.queue_audience import queue_audience
from textbank.messaging.claim import release, take_back_lapsed_claims
from textbank.messaging.permit import permit
from textbank.sms.carrier import Accepted, NotSent, Refused, Unknown

ANN = "+15105550123"


async def take_back(desk: Desk) -> None:
    """The lease of every claim lapses, and claims are taken back."""
    await desk.execute(
        "update outbox set claimed_at = now() - interval '16 seconds' where claim_token is not null"
    )
    async with desk.database.transaction(desk.organization_id) as session:
        await take_back_lapsed_claims(session, desk.organization_id)


async def make_due(desk: Desk) -> None:
    await desk.execute("update outbox set due_at = now()")


# A claim that was lost permits nothing


async def test_a_claim_that_was_taken_back_and_claimed_again_gets_no_permit(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    frozen = await desk.claim()
    await take_back(desk)
    second = await desk.claim()
    assert second.messages == frozen.messages
    assert len((await desk.ask(second)).permits) == 1
    thawed = await desk.ask(frozen)
    assert (thawed.permits, thawed.refused) == ([], {})
    assert await desk.query("select count(*) from attempt") == [(1,)]


async def test_a_claim_that_was_only_taken_back_gets_no_permit(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    frozen = await desk.claim()
    await take_back(desk)
    thawed = await desk.ask(frozen)
    assert (thawed.permits, thawed.refused) == ([], {})


async def test_a_statement_that_waits_on_the_lock_of_the_new_claimant_gets_no_permit(desk: Desk) -> None:
    """The frozen worker had asked already: it thaws inside the statement, behind the other's lock."""
    await desk.queue(await desk.person(ANN), "reply")
    frozen = await desk.claim()
    async with desk.database.transaction(desk.organization_id) as session:
        await session.execute(
            sa.text("update outbox set claim_token = :other, claimed_at = now()"),
            {"other": (other := uuid.uuid4())},
        )
        thawing = asyncio.create_task(desk.ask(frozen))
        await asyncio.sleep(0.2)
        assert not thawing.done()
        given = await permit(session, desk.organization_id, desk.sender_id, other, frozen.messages)
        assert len(given.permits) == 1
    thawed = await thawing
    assert (thawed.permits, thawed.refused) == ([], {})


async def test_one_claim_asked_for_twice_at_once_is_permitted_once(desk: Desk) -> None:
    for phone in phones(20):
        await desk.queue(await desk.person(phone), "reply")
    claimed = await desk.claim()
    answers = await asyncio.gather(*(desk.ask(claimed) for _ in range(4)))
    assert sorted(one.message_id for answer in answers for one in answer.permits) == sorted(claimed.messages)


async def test_two_claimants_at_once_share_nothing(desk: Desk) -> None:
    for phone in phones(60):
        await desk.queue(await desk.person(phone), "reply")
    claims = await asyncio.gather(*(desk.claim(texts=20) for _ in range(5)))
    taken = [message for claimed in claims for message in claimed.messages]
    assert len(taken) == len(set(taken)) == 60


async def test_a_permitted_text_can_be_neither_claimed_nor_taken_back_nor_released(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    claimed = await desk.claim()
    assert len((await desk.ask(claimed)).permits) == 1
    await take_back(desk)
    async with desk.database.transaction(desk.organization_id) as session:
        await release(session, desk.organization_id, claimed.token, claimed.messages)
    await make_due(desk)
    assert (await desk.claim()).messages == []


async def test_a_claim_given_back_can_be_claimed_again(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    claimed = await desk.claim()
    async with desk.database.transaction(desk.organization_id) as session:
        await release(session, desk.organization_id, claimed.token, claimed.messages)
    assert (await desk.claim()).messages == claimed.messages


# The database itself refuses a second live attempt


@pytest.mark.parametrize("outcome", [None, "unknown", "accepted"])
async def test_the_database_refuses_a_second_attempt_while_one_may_have_arrived(
    desk: Desk, outcome: str | None
) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    await desk.permit_all()
    await desk.execute("update attempt set outcome = :outcome", outcome=outcome)
    await desk.execute("update outbox set attempt_id = null, claim_token = null")
    with pytest.raises(IntegrityError, match="uq_attempt_live"):
        await desk.permit_all()


# What each outcome does to the text


async def test_a_text_that_was_not_sent_goes_back_and_may_be_permitted_again(desk: Desk) -> None:
    [message] = [await desk.queue(await desk.person(ANN), "reply")]
    await desk.record(await desk.permit_all(), NotSent("too many requests", retry_after=7.0))
    assert (await desk.claim()).messages == []  # not before the carrier wants it
    [(seconds,)] = await desk.query("select extract(epoch from due_at - now())::float8 from outbox")
    assert 5.0 < seconds <= 7.0
    await make_due(desk)
    assert [one.message_id for one in (await desk.permit_all()).permits] == [message]


async def test_a_refused_text_ends_and_is_never_tried_again(desk: Desk) -> None:
    message = await desk.queue(await desk.person(ANN), "reply")
    await desk.record(await desk.permit_all(), Refused(21211, "not a number"))
    assert await desk.waiting() == []
    [row] = await desk.query(
        "select d.status, a.outcome, a.error_code from delivery d "
        "join attempt a using (organization_id, message_id) where message_id = :m",
        m=message,
    )
    assert tuple(row) == ("refused", "refused", 21211)


async def test_an_unknown_text_stays_and_can_never_be_claimed(desk: Desk) -> None:
    message = await desk.queue(await desk.person(ANN), "reply")
    await desk.record(await desk.permit_all(), Unknown("time-out"))
    await take_back(desk)
    await make_due(desk)
    assert (await desk.claim()).messages == []
    assert await desk.waiting() == [message]


async def test_an_accepted_text_leaves_the_outbox(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    await desk.record(await desk.permit_all())
    assert await desk.waiting() == []
    assert await desk.query("select outcome from attempt") == [("accepted",)]


# A worker that froze after its permit, and thaws when others have gone on


async def test_a_late_not_sent_does_not_undo_what_a_callback_has_settled(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    answer = await desk.permit_all()
    await desk.record(answer, Accepted("SM1", "sent"))
    await desk.record(answer, NotSent("the permit ran out"))
    assert await desk.query("select outcome from attempt") == [("accepted",)]
    assert await desk.waiting() == []


async def test_a_late_acceptance_settles_an_attempt_taken_for_unknown(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    answer = await desk.permit_all()
    await desk.execute("update attempt set outcome = 'unknown'")
    await desk.record(answer)
    assert await desk.query("select outcome from attempt") == [("accepted",)]
    assert await desk.waiting() == []


async def test_a_late_not_sent_of_an_old_attempt_leaves_the_new_one_alone(desk: Desk) -> None:
    """Attempt 1 was settled as absent and the text was permitted anew; then attempt 1's worker thaws."""
    message = await desk.queue(await desk.person(ANN), "reply")
    first = await desk.permit_all()
    await desk.execute("update attempt set outcome = 'absent'")
    await desk.execute("update outbox set attempt_id = null, claim_token = null")
    second = await desk.permit_all()
    await desk.record(first, NotSent("the permit ran out"))
    assert await desk.query("select message_id, attempt_id from outbox") == [
        (message, second.permits[0].attempt_id)
    ]


async def test_an_outcome_recorded_twice_is_recorded_once(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply")
    answer = await desk.permit_all()
    await asyncio.gather(*(desk.record(answer) for _ in range(3)))
    assert await desk.query("select count(*) from carrier_message") == [(1,)]
    assert await desk.query("select count(*) from delivery") == [(1,)]


# One first text per person and campaign


async def test_the_database_refuses_a_second_first_text_of_a_campaign_to_a_person(desk: Desk) -> None:
    recipient = await desk.subscribe(ANN)
    campaign = await desk.launch()
    with pytest.raises(IntegrityError, match="uq_message_first_text"):
        await desk.execute(
            "insert into message (organization_id, recipient_id, campaign_id, direction, purpose, body) "
            "values (:o, :r, :c, 'out', 'blast', 'again')",
            o=desk.organization_id,
            r=recipient,
            c=campaign,
        )


async def test_queuing_that_is_interrupted_repeated_and_doubled_gives_everybody_one_text(
    desk: Desk, admin: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textbank.campaigns.queue_audience.BATCH", 7)
    for phone in phones(60):
        await desk.subscribe(phone)
    async with desk.database.transaction(desk.organization_id) as session:
        campaign = await blast_to_list(
            session, desk.organization_id, desk.list_id, "Rally. Reply STOP to opt out."
        )

    async def queue(interrupted: bool) -> int:
        try:
            async with desk.database.transaction(desk.organization_id) as session:
                queued = await queue_audience(session, desk.organization_id, campaign)
                if interrupted:
                    raise InterruptedError
                return queued
        except InterruptedError:
            return -1

    for turn in range(30):
        done = await asyncio.gather(queue(turn % 2 == 0), queue(False), queue(turn % 3 == 0))
        if not any(done):
            break
    for table in ("message", "outbox"):
        [(texts, people)] = await desk.query(
            f"select count(*), count(distinct recipient_id) from {table}"  # noqa: S608 - ours
        )
        assert (texts, people) == (60, 60)
    assert await desk.query("select 1 from audience_member where message_id is null") == []


async def test_two_pumps_at_once_text_everybody_once(town: Town) -> None:
    everybody = phones(150)
    await town.subscribe(*everybody)
    await town.launch()
    await asyncio.gather(*(town.pump(slots=40, kept=10) for _ in range(3)))
    counts = await town.counts()
    assert (counts["created"], counts["most_to_one_phone"]) == (150, 1)


@pytest.mark.parametrize("fault", ["timeout_after", "error_500_after", "reset_after"])
async def test_a_text_whose_answer_was_lost_is_not_sent_again(
    town: Town, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textbank.carriers.CALL_TIMEOUT_SECONDS", 0.5)
    await town.subscribe(ANN)
    await town.behave(create_fault_next={fault: 1}, fault_timeout_seconds=1.0, callbacks_enabled=False)
    await town.launch()
    for _ in range(2):
        await town.pump()
        await town.execute("update outbox set due_at = now()")
    assert (await town.counts())["created"] == 1
    assert await town.query("select outcome from attempt") == [("unknown",)]


async def test_too_many_requests_is_followed_by_a_second_try(town: Town) -> None:
    await town.subscribe(ANN)
    await town.behave(create_fault_next={"too_many_requests": 1})
    await town.launch()

    async def arrived() -> bool:
        await town.pump()
        return len(await town.received(ANN)) == 1

    await eventually(arrived)
    assert sorted(row[0] for row in await town.query("select outcome from attempt")) == [
        "accepted",
        "not_sent",
    ]
