"""Budgets: what a campaign or a month may cost is never overdrawn, and nothing is lost when it is used up."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from tests.factories.town import Town, phones
from tests.promises.desk import Desk
from textbank.accounts.prices import PRICES, change_money, dollars
from textbank.campaigns.pause import resume
from textbank.campaigns.set_limits import set_budget, spend_of
from textbank.errors import Conflict, InvalidInput
from textbank.messaging.permit import permit
from textbank.sms.carrier import NotSent, Refused, Unknown

SEGMENT = Decimal("0.01")


async def admin_of(at: Desk | Town) -> int:
    async with at.database.transaction(at.organization_id) as session:
        made = sa.text(
            "insert into member (organization_id, name, role) values (:o, 'Ana', 'admin') returning id"
        )
        return int((await session.execute(made, {"o": at.organization_id})).scalar_one())


async def prices(at: Desk | Town, *, month: str = "", segment: str = "0.01") -> None:
    async with at.database.transaction(at.organization_id) as session:
        given = dict.fromkeys(PRICES, "0.05") | {"segment_price": segment}
        await change_money(session, at.organization_id, prices=given, month_budget=month, actor="test")


async def budget(at: Desk | Town, campaign: int, dollars: str, by: int) -> None:
    async with at.database.transaction(at.organization_id) as session:
        await set_budget(session, at.organization_id, campaign, dollars, by=by)


async def spent(at: Desk | Town, campaign: int) -> Decimal:
    async with at.database.transaction(at.organization_id) as session:
        return Decimal((await spend_of(session, at.organization_id, campaign)).spent)


async def month(desk: Desk) -> Decimal:
    return Decimal((await desk.query("select spent from month_spend"))[0].spent)


async def state(at: Desk | Town, campaign: int) -> Any:
    [row] = await at.query("select state, paused_because from campaign where id = :id", id=campaign)
    return tuple(row)


async def test_each_permit_is_booked_once_for_campaign_and_month(desk: Desk) -> None:
    await prices(desk)
    people = [await desk.subscribe(phone) for phone in phones(3)]
    campaign = await desk.launch()
    await desk.queue(people[0], "reply")
    await desk.record(await desk.permit_all())
    assert await spent(desk, campaign) == 3 * SEGMENT
    assert await month(desk) == 4 * SEGMENT


async def test_a_text_known_not_to_have_left_costs_nothing_and_an_unclear_one_does(desk: Desk) -> None:
    await prices(desk)
    await desk.subscribe(phones(1)[0])
    campaign = await desk.launch()
    for outcome in (NotSent("no connection"), Refused(30001, "queue full")):
        await desk.execute("update outbox set due_at = now()")
        await desk.record(await desk.permit_all(), outcome)
        assert await spent(desk, campaign) == await month(desk) == 0
    other = await desk.subscribe(phones(1, start=7)[0])
    await desk.queue(other, "reply")
    await desk.record(await desk.permit_all(), Unknown("cut off"))
    assert await month(desk) == SEGMENT


async def test_a_budget_is_used_to_the_last_text_and_no_further(desk: Desk) -> None:
    await prices(desk)
    for phone in phones(5):
        await desk.subscribe(phone)
    campaign = await desk.launch()
    await budget(desk, campaign, "0.03", await admin_of(desk))
    answer = await desk.permit_all()
    assert len(answer.permits) == 3
    assert list(answer.refused.values()) == ["budget"] * 2
    assert answer.over_budget == {campaign: "budget"}
    assert await desk.query("select 1 from outbox where claim_token is not null and attempt_id is null") == []
    assert await spent(desk, campaign) == 3 * SEGMENT


async def test_workers_that_race_overdraw_nothing(desk: Desk) -> None:
    await prices(desk, month="1000")
    for phone in phones(24):
        await desk.subscribe(phone)
    campaign = await desk.launch()
    await budget(desk, campaign, "0.10", await admin_of(desk))
    claims = [await desk.claim(texts=4) for _ in range(6)]
    answers = await asyncio.gather(*(desk.ask(claimed) for claimed in claims))
    assert sum(len(answer.permits) for answer in answers) == 10
    assert await spent(desk, campaign) == 10 * SEGMENT


async def test_a_worker_that_freezes_before_its_commit_keeps_nobody_from_the_months_row(desk: Desk) -> None:
    """PostgreSQL ends its transaction after a second; what it was permitted has never been."""
    await prices(desk)
    for phone in phones(2):
        await desk.subscribe(phone)
    campaign = await desk.launch()
    frozen, lively = await desk.claim(texts=1), await desk.claim(texts=1)

    async def freeze_while_another_asks() -> None:
        async with desk.database.transaction(desk.organization_id) as session:
            await permit(session, desk.organization_id, desk.sender_id, frozen.token, frozen.messages)
            left.append(len((await desk.ask(lively)).permits))

    left: list[int] = []
    with pytest.raises(SQLAlchemyError):
        await freeze_while_another_asks()
    assert left == [1]
    assert await spent(desk, campaign) == SEGMENT


async def test_the_months_budget_binds_what_we_start_and_never_a_reply(desk: Desk) -> None:
    await prices(desk, month="0.02")
    people = [await desk.subscribe(phone) for phone in phones(4)]
    campaign = await desk.launch()
    answer = await desk.permit_all()
    assert len(answer.permits) == 2
    assert answer.over_budget == {campaign: "month_budget"}
    await desk.execute("update campaign set state = 'paused'")
    await desk.queue(people[0], "reply")
    await desk.queue(people[1], "keyword_answer")
    assert len((await desk.permit_all()).permits) == 2
    assert await month(desk) == 4 * SEGMENT


async def test_a_new_month_begins_with_nothing_spent(desk: Desk) -> None:
    await prices(desk, month="0.02")
    for phone in phones(2):
        await desk.subscribe(phone)
    await desk.execute(
        "update month_spend set spent = 500, month = date_trunc('month', now() - interval '40 days')"
    )
    await desk.launch()
    assert len((await desk.permit_all()).permits) == 2
    assert await month(desk) == 2 * SEGMENT


@pytest.mark.parametrize(
    ("kind", "each"), [("toll_free", "0.05"), ("short_code", "0.05"), ("long_code", "0.01")]
)
async def test_a_text_costs_what_its_kind_of_number_costs(desk: Desk, kind: str, each: str) -> None:
    await prices(desk)
    await desk.execute("update sender set kind = :kind", kind=kind)
    await desk.subscribe(phones(1)[0])
    campaign = await desk.launch()
    await desk.permit_all()
    assert await spent(desk, campaign) == Decimal(each)


async def test_a_campaign_over_budget_pauses_says_so_and_goes_on_when_it_is_raised(town: Town) -> None:
    """The whole way: pump, carrier, phones; nobody is lost and nobody texted twice."""
    await prices(town)
    people = phones(6)
    await town.subscribe(*people)
    campaign = await town.launch()
    by = await admin_of(town)
    await budget(town, campaign, "0.04", by)
    await town.pump()
    assert await state(town, campaign) == ("paused", "budget")
    assert sorted([len(await town.received(phone)) for phone in people]) == [0, 0, 1, 1, 1, 1]
    async with town.database.transaction(town.organization_id) as session:
        with pytest.raises(Conflict, match="Raise the budget"):
            await resume(session, town.organization_id, campaign, by=by)
    await budget(town, campaign, "", by)
    async with town.database.transaction(town.organization_id) as session:
        await resume(session, town.organization_id, campaign, by=by)
    await town.pump()
    assert [len(await town.received(phone)) for phone in people] == [1] * 6
    assert await spent(town, campaign) == 6 * SEGMENT


async def test_a_used_up_month_pauses_every_campaign(town: Town) -> None:
    await prices(town, month="0.01")
    people = phones(2)
    await town.subscribe(*people)
    one, two = await town.launch(), await town.launch("Another one. Reply STOP to opt out.")
    await town.pump()
    assert [await state(town, each) for each in (one, two)] == [("paused", "month_budget")] * 2
    assert sorted([len(await town.received(phone)) for phone in people]) == [0, 1]


@pytest.mark.parametrize("written", ["", "none", "-1", "NaN", "10", "1e9"])
async def test_a_price_that_is_none_changes_nothing(desk: Desk, written: str) -> None:
    with pytest.raises(InvalidInput):
        await prices(desk, segment=written)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("$1,200.50", "1200.50"), ("0,0125", "0.0125"), (".5", "0.5"), ("1,200", "1200"), ("12,5", "12.5")],
)
def test_dollars_are_read_as_people_write_them(written: str, amount: str) -> None:
    assert dollars(written) == Decimal(amount)
