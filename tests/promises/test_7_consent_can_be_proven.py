"""Promise 7: a sealed ledger explains for any number why it may or may not be texted, and blasts obey it.

How the seal shows tampering is in `test_7_the_seal_shows_tampering.py`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town, phones
from tests.promises.desk import OPEN, Desk
from textbank.consent.opt_out import opt_out
from textbank.consent.seal import seal
from textbank.inbound.come_back import come_back
from textbank.messaging.follow_refusal import follow_refusal
from textbank.settings import APP_ROLE, OWNER_ROLE, SYSTEM_ROLE
from textbank.sms.carrier import Carrier
from textbank.sms.carrier_errors import ErrorClass

ANN = "+15105550123"
LEDGER = ("consent_event", "consent_link", "audit_event")


async def ledger(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """What the ledger says, oldest first."""
    rows = await desk.query(
        "select e.kind, p.payload from consent_event e left join consent_payload p "
        "on p.organization_id = e.organization_id and p.event_id = e.id order by e.id"
    )
    return [(row.kind, row.payload) for row in rows]


async def sealed(desk: Desk) -> int:
    async with desk.database.transaction(desk.organization_id) as session:
        return await seal(session, desk.organization_id)


async def no_carrier(_organization: int, _account: int) -> Carrier:
    return None  # type: ignore[return-value] # every time is known, so nobody is asked


# Every way in and out is on record, with the words


async def test_an_opt_in_is_on_record_with_the_words_shown_and_received(desk: Desk) -> None:
    received = await desk.hear(ANN, "join!")
    [(kind, basis)] = await ledger(desk)
    assert kind == "subscribed"
    assert basis["words"] == "join!"
    assert basis["keyword"] == "JOIN"
    assert basis["list_id"] == desk.list_id
    assert "Reply HELP for help, STOP to cancel." in basis["confirmation"]
    assert basis["sender_id"] == desk.sender_id
    assert basis["message_id"] == received.message_id


@pytest.mark.parametrize(
    ("body", "cause"), [("Please STOP texting me!", "stop_text"), ("wrong number", "wrong_number")]
)
async def test_an_opt_out_is_on_record_with_the_words_received_and_the_rule(
    desk: Desk, body: str, cause: str
) -> None:
    received = await desk.hear(ANN, body)
    [(kind, payload)] = await ledger(desk)
    assert kind == "opt_out"
    assert (payload["cause"], payload["words"]) == (cause, body)
    assert payload["message_id"] == received.message_id
    assert payload["rule"]
    [(event, lifted)] = await desk.query("select event_id, lifted_at from suppression")
    assert lifted is None
    assert await desk.query("select id from consent_event") == [(event,)]


async def test_every_stop_is_on_record_also_one_that_changes_nothing(desk: Desk) -> None:
    for body in ("STOP", "stop", "END"):
        await desk.hear(ANN, body)
    assert [payload["words"] for _, payload in await ledger(desk)] == ["STOP", "stop", "END"]


async def test_a_start_is_on_record_with_both_times_whether_it_counts_or_not(desk: Desk) -> None:
    at = datetime.now(UTC) - timedelta(minutes=4)
    for minutes, body in ((1, "STOP"), (0, "START"), (2, "START")):
        await desk.hear(ANN, body, carrier_time=at + timedelta(minutes=minutes))
        await come_back(desk.database, desk.organization_id, no_carrier)
    assert [kind for kind, _ in await ledger(desk)] == ["opt_out", "start_not_later_than_stop", "opt_back_in"]
    [_, (_, refused), (_, counted)] = await ledger(desk)
    assert refused["sent_at"] < refused["stop_sent_at"] == counted["stop_sent_at"] < counted["sent_at"]
    [(event,)] = await desk.query("select lifted_by_event_id from suppression")
    assert await desk.query("select id from consent_event where kind = 'opt_back_in'") == [(event,)]


async def test_a_block_by_the_carrier_is_on_record_with_its_number(desk: Desk) -> None:
    ann = await desk.person(ANN)
    async with desk.database.transaction(desk.organization_id) as session:
        await follow_refusal(
            session,
            desk.organization_id,
            recipient_id=ann,
            sender_id=desk.sender_id,
            message_id=0,
            code=21610,
            error_class=ErrorClass.SUPPRESS,
        )
    assert await ledger(desk) == [("opt_out", {"cause": "carrier_block", "carrier_error": 21610})]


async def test_an_opt_out_that_is_rolled_back_leaves_no_trace_in_the_ledger(desk: Desk) -> None:
    ann = await desk.person(ANN)

    async def interrupted() -> None:
        async with desk.database.transaction(desk.organization_id) as session:
            await opt_out(session, desk.organization_id, ann, "staff", evidence={"by": "test"})
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await interrupted()
    assert await ledger(desk) == []


# The ledger is written once


@pytest.mark.parametrize("role", [APP_ROLE, SYSTEM_ROLE, OWNER_ROLE])
@pytest.mark.parametrize("table", LEDGER)
async def test_nobody_changes_or_removes_a_row_of_the_ledger(
    desk: Desk, admin: AsyncEngine, role: str, table: str
) -> None:
    await desk.hear(ANN, "STOP")
    async with desk.database.transaction(desk.organization_id) as session:
        assert await seal(session, desk.organization_id) == 1
    for statement in (
        "update {} set organization_id = organization_id",
        "delete from {}",
        "truncate {} cascade",
    ):
        async with admin.connect() as connection:
            await connection.execute(sa.text(f"set local role {role}"))
            with pytest.raises(DBAPIError, match=r"permission denied|written once"):
                await connection.execute(sa.text(statement.format(table)))


@pytest.mark.parametrize("role", [APP_ROLE, SYSTEM_ROLE])
async def test_nobody_changes_the_words_of_the_ledger(desk: Desk, admin: AsyncEngine, role: str) -> None:
    """They can be erased, which a person may ask for, but not replaced."""
    async with admin.connect() as connection:
        await connection.execute(sa.text(f"set local role {role}"))
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(sa.text("update consent_payload set payload = '{}'"))


# A blast reaches only people with a recorded basis for it


@pytest.mark.parametrize("state", ["no_basis", "pending", "paused", "unsubscribed"])
async def test_who_is_on_a_list_without_a_basis_is_not_in_the_audience(town: Town, state: str) -> None:
    await town.subscribe(*phones(2))
    await town.execute(
        "update subscription set state = :state, basis_event_id = null where recipient_id = "
        "(select min(recipient_id) from subscription)",
        state=state,
    )
    await town.launch()
    assert await town.query("select count(*) from audience_member") == [(1,)]
    await town.pump()
    assert [len(await town.received(phone)) for phone in phones(2)] == [0, 1]


@pytest.mark.parametrize("state", ["no_basis", "pending", "paused", "unsubscribed"])
async def test_who_lost_the_basis_after_the_launch_gets_no_permit(desk: Desk, state: str) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    claimed = await desk.claim()
    await desk.execute("update subscription set state = :state", state=state)
    answer = await desk.ask(claimed)
    assert (answer.permits, list(answer.refused.values())) == ([], ["no_basis"])
    assert await desk.query("select status from delivery") == [("no_basis",)]


async def test_who_was_put_into_the_outbox_by_other_means_gets_no_permit(desk: Desk) -> None:
    """Whatever a later feature does wrong: the last question is asked of the ledger's own list."""
    await desk.subscribe("+15105550199")
    campaign = await desk.launch()
    stranger = await desk.person(ANN)
    await desk.permit_all()
    text = await desk.queue(stranger, "blast", place=OPEN)
    await desk.execute(
        "update outbox set group_id = (select id from outbox_group where campaign_id = :c)", c=campaign
    )
    assert (await desk.permit_all()).refused == {text: "no_basis"}


async def test_a_basis_for_one_list_is_none_for_another(desk: Desk) -> None:
    await desk.subscribe(ANN)
    await desk.launch()
    await desk.execute(
        "insert into contact_list (organization_id, name) values (:o, 'Other')", o=desk.organization_id
    )
    await desk.execute(
        "update campaign_list set list_id = (select id from contact_list where name = 'Other')"
    )
    assert list((await desk.permit_all()).refused.values()) == ["no_basis"]


async def test_the_database_refuses_a_subscription_without_a_basis(desk: Desk) -> None:
    await desk.subscribe(ANN)
    with pytest.raises(IntegrityError, match="subscribed_has_basis"):
        await desk.execute("update subscription set basis_event_id = null")


async def test_everybody_a_blast_reached_has_a_ledger_row_that_says_why(town: Town) -> None:
    await town.subscribe(*phones(20))
    await town.launch()
    await town.pump()
    [(reached, explained)] = await town.query(
        "select count(*), count(p.payload) from attempt a "
        "join subscription s on s.recipient_id = a.recipient_id "
        "join consent_event e on e.id = s.basis_event_id and e.recipient_id = a.recipient_id "
        "join consent_payload p on p.event_id = e.id where e.recorded_at <= a.permit_at"
    )
    assert (reached, explained) == (20, 20)
