"""Caps on what we start: three texts in a day for each person, and six hours between two of them."""

from datetime import timedelta

import sqlalchemy as sa

from tests.factories.town import Town, phones
from tests.promises.desk import Desk
from textbank.campaigns.count_progress import count_progress
from textbank.campaigns.queries import progress_of
from textbank.campaigns.set_limits import call_time_critical, let_caps_bind
from textbank.sms.carrier import NotSent, Refused

ANN, BEA = "+15105550123", "+15105550124"
URGENT = "Polls close tonight and her ballot can still be cured."


async def had(desk: Desk, recipient: int, *ago: timedelta) -> None:
    """Pretend that a person got texts of ours so long ago, the latest first."""
    await desk.execute(
        "update recipient set started = array(select now() - t from unnest(cast(:ago as interval[])) t) "
        "where id = :id",
        id=recipient,
        ago=list(ago),
    )


async def waits(desk: Desk) -> tuple[str | None, timedelta]:
    """What holds the one text that waits, and for how long."""
    [row] = await desk.query("select held, due_at - now() as wait, claim_token from outbox")
    assert row.claim_token is None
    return row.held, row.wait


async def urgent(desk: Desk, campaign: int) -> None:
    async with desk.database.transaction(desk.organization_id) as session:
        by = await session.scalar(
            sa.text(
                "insert into member (organization_id, name, role) values (:o, 'Ana', 'admin') returning id"
            ),
            {"o": desk.organization_id},
        )
        await call_time_critical(session, desk.organization_id, campaign, URGENT, by=by)


async def test_a_second_blast_waits_until_six_hours_after_the_first(desk: Desk) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    await desk.record(await desk.permit_all())
    await desk.launch("And a reminder. Reply STOP to opt out.")
    answer = await desk.permit_all()
    assert set(answer.refused.values()) == {"cap"}
    held, wait = await waits(desk)
    assert held == "cap"
    assert timedelta(hours=5, minutes=59) < wait <= timedelta(hours=6)


async def test_a_fourth_text_waits_until_a_day_after_the_first_of_three(desk: Desk) -> None:
    ann = await desk.subscribe(ANN)
    await had(desk, ann, timedelta(hours=7), timedelta(hours=14), timedelta(hours=21))
    await desk.launch()
    assert set((await desk.permit_all()).refused.values()) == {"cap"}
    held, wait = await waits(desk)
    assert held == "cap"
    assert timedelta(hours=2, minutes=59) < wait <= timedelta(hours=3)


async def test_a_third_text_of_a_day_leaves(desk: Desk) -> None:
    ann = await desk.subscribe(ANN)
    await had(desk, ann, timedelta(hours=7), timedelta(hours=14), timedelta(hours=25))
    await desk.launch()
    assert len((await desk.permit_all()).permits) == 1
    [(kept,)] = await desk.query("select cardinality(started) from recipient where id = :id", id=ann)
    assert kept == 3


async def test_two_texts_for_one_person_never_leave_in_one_batch(desk: Desk) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    await desk.launch("And a reminder. Reply STOP to opt out.")
    answer = await desk.permit_all()
    assert len(answer.permits) == 1
    assert list(answer.refused.values()) == ["cap"]


async def test_answers_and_replies_do_not_count_and_are_not_held(desk: Desk) -> None:
    ann = await desk.subscribe(ANN)
    await had(desk, ann, timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=3))
    await desk.queue(ann, "reply")
    await desk.queue(ann, "keyword_answer")
    assert len((await desk.permit_all()).permits) == 2
    [(latest,)] = await desk.query("select now() - started[1] from recipient where id = :id", id=ann)
    assert latest > timedelta(seconds=59)


async def test_time_critical_skips_the_six_hours_and_never_the_three_in_a_day(desk: Desk) -> None:
    ann, bea = await desk.subscribe(ANN), await desk.subscribe(BEA)
    await had(desk, ann, timedelta(hours=1))
    await had(desk, bea, timedelta(hours=1), timedelta(hours=2), timedelta(hours=3))
    campaign = await desk.launch()
    assert set((await desk.permit_all()).refused.values()) == {"cap"}
    await urgent(desk, campaign)
    answer = await desk.permit_all()
    assert [one.recipient_id for one in answer.permits] == [ann]
    assert list(answer.refused.values()) == ["cap"]
    [(wait,)] = await desk.query("select due_at - now() from outbox where recipient_id = :id", id=bea)
    assert timedelta(hours=20) < wait <= timedelta(hours=21)
    [(reason,)] = await desk.query(
        "select details ->> 'reason' from audit_event where action = 'campaign.time_critical'"
    )
    assert reason == URGENT


async def test_the_six_hours_count_again_once_it_is_taken_back(desk: Desk) -> None:
    ann = await desk.subscribe(ANN)
    await had(desk, ann, timedelta(hours=1))
    campaign = await desk.launch()
    await urgent(desk, campaign)
    async with desk.database.transaction(desk.organization_id) as session:
        await let_caps_bind(session, desk.organization_id, campaign, by=1)
    assert set((await desk.permit_all()).refused.values()) == {"cap"}


async def test_a_text_that_did_not_leave_counts_for_nothing(desk: Desk) -> None:
    """Else the retry of a second later would wait for six hours behind itself."""
    await desk.subscribe(ANN)
    await desk.launch()
    for outcome in (NotSent("no connection"), Refused(30001, "queue full")):
        await desk.execute("update outbox set due_at = now()")
        await desk.record(await desk.permit_all(), outcome)
        [(counted,)] = await desk.query("select cardinality(started) from recipient")
        assert counted == 0


async def test_what_waits_for_a_cap_is_counted_and_costs_no_claim(desk: Desk) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    await desk.record(await desk.permit_all())
    campaign = await desk.launch("And a reminder. Reply STOP to opt out.")
    await desk.permit_all()
    assert (await desk.claim()).messages == []
    async with desk.database.transaction(desk.organization_id) as session:
        await count_progress(session, desk.organization_id, campaign)
        counted = await progress_of(session, desk.organization_id, campaign)
    assert counted is not None
    assert (counted.with_us, counted.held) == (1, 1)
    [(due,)] = await desk.query("select due_at from outbox")
    assert counted.held_until == due


async def test_a_blast_leaves_once_the_cap_lets_it(town: Town) -> None:
    """The whole way: pump, carrier, phone."""
    [phone] = phones(1)
    await town.subscribe(phone)
    await town.launch()
    await town.pump()
    await town.launch("And a reminder. Reply STOP to opt out.")
    await town.pump()
    assert len(await town.received(phone)) == 1
    await town.execute("update recipient set started = '{}'")
    await town.execute("update outbox set due_at = now() where held = 'cap'")
    await town.pump()
    assert len(await town.received(phone)) == 2
