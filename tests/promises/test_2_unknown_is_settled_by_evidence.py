"""Promise 2, second half: an unclear outcome is settled by evidence, never by a blind repetition."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.town import Town
from tests.promises.desk import OPEN, Desk
from tests.promises.webhooks import post_status
from textbank.messaging.apply_callbacks import StatusCallback, apply_callbacks
from textbank.messaging.permit import Permit
from textbank.messaging.settle_unknown import settle_unknown
from textbank.sms.carrier import Accepted, Carrier, CarrierRecord, CarrierUnavailable, Unknown
from textbank.sms.status import RANK, advances

ANN, BEA = "+15105550123", "+15105550124"
BODY = "Rally on Saturday. Reply STOP to opt out."
ACCOUNT = "AC" + "0" * 32


class Listed:
    """A carrier of which only the list is asked."""

    def __init__(self, records: Sequence[CarrierRecord] = (), *, away: bool = False) -> None:
        self.records, self.away = records, away

    async def list_to(self, to: str, *, page_size: int = 50) -> AsyncIterator[CarrierRecord]:
        if self.away:
            raise CarrierUnavailable("it is away")
        for record in sorted(self.records, key=lambda one: one.date_created, reverse=True):
            if record.to == to:
                yield record


def record(
    body: str, *, to: str = ANN, minutes_ago: float = 0.0, sid: str = "", status: str = "sent"
) -> CarrierRecord:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return CarrierRecord(
        sid or f"SM{uuid.uuid4().hex}", "outbound", "+14155550100", to, body, status, at, at, None
    )


async def settle(desk: Desk, carrier: Listed, *, confirmed_after: float = 0.0) -> None:
    async def carrier_for(_organization: int, _account: int) -> Carrier:
        return carrier  # type: ignore[return-value]

    await settle_unknown(
        desk.database,
        desk.organization_id,
        carrier_for,
        absence_confirmed_after=timedelta(seconds=confirmed_after),
    )


async def unknown(desk: Desk, *, frozen: bool = False) -> list[Permit]:
    """Permit what is queued; half a minute passes without an outcome, or with an unclear one."""
    answer = await desk.permit_all()
    if not frozen:
        await desk.record(answer, Unknown("time-out"))
    await desk.execute(
        "update attempt set permit_at = permit_at - interval '31 seconds' "
        "where outcome is null or outcome = 'unknown'"
    )
    return answer.permits


async def outcomes(desk: Desk) -> list[str]:
    return [row[0] for row in await desk.query("select outcome from attempt order by id")]


async def statuses(desk: Desk) -> list[str]:
    return [row[0] for row in await desk.query("select status from delivery order by message_id")]


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_text_found_in_the_carriers_list_was_accepted(desk: Desk, frozen: bool) -> None:
    await desk.queue(await desk.person(ANN), "reply", BODY)
    await unknown(desk, frozen=frozen)
    await settle(desk, Listed([record(BODY, status="delivered")]))
    assert await outcomes(desk) == ["accepted"]
    assert await statuses(desk) == ["delivered"]
    assert await desk.waiting() == []


@pytest.mark.parametrize("found", [0, 1, 2, 3])
async def test_of_three_alike_as_many_were_accepted_as_are_found(desk: Desk, found: int) -> None:
    recipient = await desk.person(ANN)
    for _ in range(3):
        await desk.queue(recipient, "reply", BODY)
    await unknown(desk)
    carrier = Listed([record(BODY) for _ in range(found)])
    for _ in range(2):
        await settle(desk, carrier)
    assert sorted(await outcomes(desk)) == ["absent"] * (3 - found) + ["accepted"] * found
    assert len(await desk.waiting()) == 3 - found


async def test_the_record_of_a_call_under_way_is_not_taken_for_an_older_text_with_the_same_words(
    desk: Desk,
) -> None:
    recipient = await desk.person(ANN)
    await desk.queue(recipient, "reply", BODY)
    await unknown(desk)
    await desk.queue(recipient, "reply", BODY)
    under_way = await desk.permit_all()  # the carrier has it and lists it; its outcome is not written yet
    listed = record(BODY)
    await settle(desk, Listed([listed]))
    assert await outcomes(desk) == ["unknown", None]
    await desk.record(under_way, Accepted(listed.sid, "queued"))
    await settle(desk, Listed([listed]))
    await settle(desk, Listed([listed]))
    assert await outcomes(desk) == ["absent", "accepted"]


async def test_one_record_counts_for_one_attempt_only_however_often_it_is_read(desk: Desk) -> None:
    recipient = await desk.person(ANN)
    await desk.queue(recipient, "reply", BODY)
    await unknown(desk)
    only = record(BODY)
    await settle(desk, Listed([only]))
    await desk.queue(recipient, "reply", BODY)
    await unknown(desk)
    await settle(desk, Listed([only]))
    assert await outcomes(desk) == ["accepted", "unknown"]


async def test_words_are_compared_as_a_person_reads_them(desk: Desk) -> None:
    """The carrier may list a text as its Smart Encoding changed it."""
    await desk.queue(await desk.person(ANN), "reply", "It\u2019s \u201con\u201d \u2013 see you there\u2026")
    await unknown(desk)
    await settle(desk, Listed([record('It\'s "on" - see you there...')]))
    assert await outcomes(desk) == ["accepted"]


@pytest.mark.parametrize(
    "other",
    [
        record("Other words."),
        record(BODY, to="+15105550999"),
        record(BODY, minutes_ago=30),
        CarrierRecord("SM1", "inbound", ANN, ANN, BODY, "received", datetime.now(UTC), None, None),
    ],
    ids=["other words", "another number", "long before the permit", "from the person"],
)
async def test_what_is_not_this_text_is_no_evidence_for_it(desk: Desk, other: CarrierRecord) -> None:
    await desk.queue(await desk.person(ANN), "reply", BODY)
    await unknown(desk)
    await settle(desk, Listed([other]))
    assert await outcomes(desk) == ["unknown"]


async def test_absence_counts_only_when_seen_twice_far_enough_apart(desk: Desk) -> None:
    message = await desk.queue(await desk.person(ANN), "reply", BODY)
    await unknown(desk)
    for _ in range(3):
        await settle(desk, Listed(), confirmed_after=600)
        assert await outcomes(desk) == ["unknown"]
        assert (await desk.claim()).messages == []
    await desk.execute("update attempt set absent_since = absent_since - interval '601 seconds'")
    await settle(desk, Listed(), confirmed_after=600)
    assert await outcomes(desk) == ["absent"]
    assert [one.message_id for one in (await desk.permit_all()).permits] == [message]


async def test_a_list_that_cannot_be_read_concludes_nothing(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply", BODY)
    await unknown(desk)
    for _ in range(2):
        with pytest.raises(CarrierUnavailable):
            await settle(desk, Listed(away=True))
    assert await desk.query("select outcome, absent_since from attempt") == [("unknown", None)]


async def test_a_permit_younger_than_half_a_minute_is_left_alone(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply", BODY)
    await desk.permit_all()
    for _ in range(2):
        await settle(desk, Listed())
    assert await desk.query("select outcome, absent_since from attempt") == [(None, None)]


async def test_an_absent_reply_goes_back_and_an_absent_text_of_ours_is_given_up(desk: Desk) -> None:
    recipient = await desk.subscribe(ANN)
    reply = await desk.queue(recipient, "reply", BODY)
    answer = await desk.queue(recipient, "help_answer", "help")
    soon = datetime.now(UTC) + timedelta(hours=1)
    late = await desk.queue(recipient, "help_answer", "late help", expires_at=soon)
    await desk.launch("a blast")
    await desk.queue(await desk.person(BEA), "first_text", "first", place=OPEN)
    await unknown(desk)
    await desk.execute("update outbox set expires_at = now() where message_id = :m", m=late)
    for _ in range(2):
        await settle(desk, Listed())
    assert await outcomes(desk) == ["absent"] * 5
    assert await desk.waiting() == [reply, answer]
    assert await statuses(desk) == ["given_up"] * 3


async def test_a_callback_that_arrives_between_two_looks_settles_it(town: Town) -> None:
    desk = Desk.of(town)
    await desk.subscribe(ANN)
    await desk.launch(BODY)
    [one] = await unknown(desk)
    await settle(desk, Listed())
    assert await post_status(town, one.attempt_id, "SM" + "1" * 32, "delivered") == 204
    await settle(desk, Listed())
    assert await outcomes(desk) == ["accepted"]
    assert await statuses(desk) == ["delivered"]
    assert await desk.waiting() == []
    [filed] = await desk.query("select sid, attempt_id from carrier_message")
    assert tuple(filed) == ("SM" + "1" * 32, one.attempt_id)


async def test_a_callback_signed_by_another_account_settles_nothing(desk: Desk) -> None:
    await desk.queue(await desk.person(ANN), "reply", BODY)
    [one] = await unknown(desk)
    forged = StatusCallback(one.attempt_id, "SM1", "delivered", "AC" + "9" * 32)
    async with desk.database.transaction(desk.organization_id) as session:
        await apply_callbacks(session, desk.organization_id, [forged])
    assert await outcomes(desk) == ["unknown"]


# Statuses move forward only, whatever order and however often callbacks come

CALLBACKS = st.lists(
    st.lists(st.sampled_from([*sorted(RANK), "teleported"]), min_size=1, max_size=3), max_size=6
)


@given(batches=CALLBACKS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_callbacks_in_any_order_and_grouping_leave_the_status_that_the_rule_says(
    desk: Desk, batches: list[list[str]]
) -> None:
    message = await desk.queue(await desk.person(ANN), "reply", BODY)
    [one] = (await desk.permit_all()).permits
    standing: str | None = None
    for batch in batches:
        async with desk.database.transaction(desk.organization_id) as session:
            await apply_callbacks(
                session,
                desk.organization_id,
                [StatusCallback(one.attempt_id, f"SM{one.attempt_id}", status, ACCOUNT) for status in batch],
            )
        for status in batch:
            standing = status if advances(standing, status) else standing
        found = await desk.query("select status, rank from delivery where message_id = :m", m=message)
        assert [tuple(row) for row in found] == ([(standing, RANK[standing])] if standing else [])
