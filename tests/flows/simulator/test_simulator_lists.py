"""Lists filter by To, From and day and by nothing else, newest first, page after page."""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.flows.simulator.conftest import SUPPORTER, Caller
from textbank.simulator.defaults import LONG_CODE, SECOND_LONG_CODE
from textbank.simulator.exchange import new_sid, now
from textbank.simulator.records import Message
from textbank.simulator.store import ListFilter


async def day_sent(carrier: Caller, sid: str) -> date:
    """The carrier's own day: a test that runs over midnight must not have asked a clock of its own."""
    return parsedate_to_datetime((await carrier.fetch(sid))["date_sent"]).astimezone(UTC).date()


def phone(number: int) -> str:
    return f"+1415555{1000 + number}"


async def test_a_list_shows_the_newest_first_and_filters_by_both_parties(carrier: Caller) -> None:
    for number in range(4):
        await carrier.create(To=phone(number % 2), From=LONG_CODE, Body=f"text {number}")
    await carrier.create(To=phone(0), From=SECOND_LONG_CODE, Body="other sender")
    assert [m["body"] for m in await carrier.list(To=phone(0))] == ["other sender", "text 2", "text 0"]
    assert [m["body"] for m in await carrier.list(To=phone(0), From=LONG_CODE)] == ["text 2", "text 0"]
    assert len(await carrier.list(From=LONG_CODE)) == 4
    assert await carrier.list(To=phone(9)) == []


async def test_filters_that_twilio_does_not_have_filter_nothing(carrier: Caller) -> None:
    await carrier.create()
    assert len(await carrier.list(Status="failed", MessagingServiceSid="MG1", Body="x")) == 1


async def test_pages_follow_each_other_without_gap_or_repeat_while_new_messages_arrive(
    carrier: Caller,
) -> None:
    for number in range(7):
        await carrier.create(Body=f"text {number}")
    seen = []
    _, page = await carrier.get(f"{carrier.messages_url}.json", To=SUPPORTER, PageSize="3")
    while True:
        seen += [m["body"] for m in page["messages"]]
        await carrier.create(Body="newer")
        if page["next_page_uri"] is None:
            break
        _, page = await carrier.get(page["next_page_uri"])
    assert seen == [f"text {number}" for number in reversed(range(7))]
    assert (page["page"], page["start"], page["end"], page["page_size"]) == (2, 6, 6, 3)


async def test_a_page_holds_fifty_by_default_and_a_thousand_at_most(carrier: Caller) -> None:
    for number in range(60):
        await carrier.create(Body=f"text {number}")
    assert len(await carrier.list()) == 50
    _, page = await carrier.get(f"{carrier.messages_url}.json", PageSize="5000")
    assert (len(page["messages"]), page["page_size"], page["next_page_uri"]) == (60, 1000, None)


async def test_page_numbers_work_without_a_token(carrier: Caller) -> None:
    for number in range(5):
        await carrier.create(Body=f"text {number}")
    assert [m["body"] for m in await carrier.list(Page="1", PageSize="2")] == ["text 2", "text 1"]


async def test_a_new_message_can_be_fetched_before_any_list_shows_it(carrier: Caller) -> None:
    await carrier.behave(list_lag_seconds=0.4)
    _, message = await carrier.create()
    assert (await carrier.fetch(message["sid"]))["sid"] == message["sid"]
    assert await carrier.list(To=SUPPORTER) == []
    await carrier.behave(list_lag_seconds=0)
    assert len(await carrier.list(To=SUPPORTER)) == 1


async def test_days_leave_out_what_was_never_sent(carrier: Caller) -> None:
    _, sent = await carrier.create()
    await carrier.until(sent["sid"], "delivered")
    await carrier.create(To="+12025550120")
    await carrier.until((await carrier.list(To="+12025550120"))[0]["sid"], "failed")
    day = await day_sent(carrier, sent["sid"])
    sids = [message["sid"] for message in await carrier.list(DateSent=day.isoformat())]
    assert sids == [sent["sid"]]
    assert len(await carrier.list()) == 2


async def test_days_are_whole_gmt_days_and_include_the_named_one(carrier: Caller) -> None:
    _, message = await carrier.create()
    await carrier.until(message["sid"], "delivered")
    sent = await day_sent(carrier, message["sid"])
    yesterday, tomorrow = sent - timedelta(days=1), sent + timedelta(days=1)
    for name, day, found in [
        ("DateSent", sent, 1),
        ("DateSent", yesterday, 0),
        ("DateSent>", sent, 1),
        ("DateSent>", tomorrow, 0),
        ("DateSent<", sent, 1),
        ("DateSent<", yesterday, 0),
    ]:
        assert len(await carrier.list(**{name: day.isoformat()})) == found, (name, day)
    moment = f"{sent.isoformat()}T23:59:59Z"
    assert len(await carrier.list(**{"DateSent>": moment})) == 1


async def test_a_day_that_is_none_is_refused(carrier: Caller) -> None:
    status, error = await carrier.get(f"{carrier.messages_url}.json", DateSent="soon")
    assert (status, error["code"]) == (400, 20001)


async def test_bodies_can_come_back_re_encoded(carrier: Caller) -> None:
    await carrier.behave(reencode_listed_bodies=True)
    _, message = await carrier.create(Body="It’s on – “now”…")
    assert message["body"] == "It’s on – “now”…"
    assert (await carrier.list())[0]["body"] == 'It\'s on - "now"...'
    assert (await carrier.fetch(message["sid"]))["body"] == 'It\'s on - "now"...'


async def test_a_page_of_a_large_list_costs_what_the_page_costs(
    carrier: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = carrier.exchange
    store = exchange.accounts[carrier.account.sid].store
    start = now() - 30 * 86_400
    for number in range(200_000):
        at = start + number * 10
        message = Message(
            seq=exchange.next_seq(),
            sid=new_sid("SM"),
            account=carrier.account.sid,
            to=phone(number % 5000),
            sender=LONG_CODE,
            body="old",
            direction="outbound-api",
            status="delivered",
            created=at,
            updated=at,
            sent=at,
        )
        store.add(message)
    looked_at: list[Message] = []
    keeps = ListFilter.keeps
    monkeypatch.setattr(
        ListFilter, "keeps", lambda wanted, message: looked_at.append(message) or keeps(wanted, message)
    )
    day = datetime.fromtimestamp(start + 86_400, UTC).date().isoformat()
    for query in ({"To": phone(7)}, {"DateSent": day}, {"From": LONG_CODE, "DateSent<": day}, {}):
        assert len(await carrier.list(**query)) >= 40
    assert len(looked_at) < 300
