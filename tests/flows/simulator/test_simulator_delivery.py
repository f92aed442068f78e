"""Texts leave at their sender's pace and end as they must; callbacks tell of it as badly as real ones."""

from itertools import pairwise

import pytest
from twilio.request_validator import RequestValidator

from tests.flows.simulator.conftest import SUPPORTER, Caller, Receiver, eventually
from textbank.simulator.defaults import DEFAULT_SERVICE_SID, LONG_CODE, TOLL_FREE
from textbank.simulator.magic_numbers import MAGIC
from textbank.simulator.signing import signature


def statuses(receiver: Receiver, path: str = "/status") -> list[str]:
    return [call.fields["MessageStatus"] for call in receiver.to(path)]


async def test_a_message_walks_through_every_status_in_order(carrier: Caller) -> None:
    _, message = await carrier.create(MessagingServiceSid=DEFAULT_SERVICE_SID, From=None)
    await carrier.until(message["sid"], "delivered")
    _, shown = await carrier.get("/_simulator/messages", to=SUPPORTER)
    steps = [step["status"] for step in shown[0]["history"]]
    assert steps == ["accepted", "queued", "sending", "sent", "delivered"]


async def test_a_sender_sends_no_faster_than_its_pace(carrier: Caller) -> None:
    carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 20
    made = [(await carrier.create(Body="x" * 200))[1]["sid"] for _ in range(4)]
    for sid in made:
        await carrier.until(sid, "delivered")
    _, shown = await carrier.get("/_simulator/messages", to=SUPPORTER)
    sent_at = sorted(
        step["at"] for message in shown for step in message["history"] if step["status"] == "sent"
    )
    gaps = [after - before for before, after in pairwise(sent_at)]
    # Two segments each at twenty a second.
    assert all(gap > 0.085 for gap in gaps), gaps
    assert sent_at[-1] - sent_at[0] < 0.6


async def test_what_waits_longer_than_its_validity_fails_with_30036(carrier: Caller) -> None:
    carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 0.5
    await carrier.create()
    _, waiting = await carrier.create(ValidityPeriod="1")
    failed = await carrier.until(waiting["sid"], "failed")
    assert failed["error_code"] == 30036
    assert failed["date_sent"] is None
    assert failed["price"] is None


@pytest.mark.parametrize("magic", [m for m in MAGIC.values() if m.code and not m.delay], ids=lambda m: m.code)
async def test_a_magic_number_ends_with_its_code(carrier: Caller, receiver: Receiver, magic) -> None:  # type: ignore[no-untyped-def]
    _, message = await carrier.create(To=magic.e164, StatusCallback=f"{receiver.base}/status")
    ended = await carrier.until(message["sid"], magic.status)
    assert ended["error_code"] == magic.code
    await eventually(lambda: magic.status in statuses(receiver))
    assert receiver.to("/status")[-1].fields["ErrorCode"] == str(magic.code)


async def test_a_text_may_stay_sent_for_ever(carrier: Caller, receiver: Receiver) -> None:
    await carrier.create(To="+12025550132", StatusCallback=f"{receiver.base}/status")
    _, after = await carrier.create(StatusCallback=f"{receiver.base}/status")
    await carrier.until(after["sid"], "delivered")
    assert (await carrier.list(To="+12025550132"))[0]["status"] == "sent"


async def test_callbacks_are_signed_over_the_exact_url_and_every_field(
    carrier: Caller, receiver: Receiver
) -> None:
    url = f"{receiver.base}/status?attempt=7&name=a%20b%2Fc&empty=#rc=2"
    _, message = await carrier.create(StatusCallback=url, Body="Café & pizza?")
    await eventually(lambda: len(receiver.to("/status")) == 2)
    validator = RequestValidator(carrier.account.auth_token)
    for call in receiver.to("/status"):
        assert call.url == url.partition("#")[0]
        assert validator.validate(call.url, call.fields, call.headers["X-Twilio-Signature"])
        assert call.fields["MessageSid"] == call.fields["SmsSid"] == message["sid"]
        assert call.fields["AccountSid"] == carrier.account.sid
        assert (call.fields["From"], call.fields["To"]) == (LONG_CODE, SUPPORTER)
        assert call.headers["I-Twilio-Idempotency-Token"]
    assert statuses(receiver) == ["sent", "delivered"]
    assert len(receiver.to("/status")[1].fields["RawDlrDoneDate"]) == 10


def test_a_signature_is_the_one_that_twilio_documents() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, fields) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


async def test_which_statuses_are_told_can_be_chosen(carrier: Caller, receiver: Receiver) -> None:
    await carrier.behave(callback_statuses=["queued", "sending", "sent", "delivered"])
    await carrier.create(
        MessagingServiceSid=DEFAULT_SERVICE_SID, From=None, StatusCallback=f"{receiver.base}/status"
    )
    await eventually(lambda: len(statuses(receiver)) == 4)
    assert sorted(statuses(receiver)) == ["delivered", "queued", "sending", "sent"]


async def test_a_500_is_not_repeated_unless_the_url_asks_for_it(carrier: Caller, receiver: Receiver) -> None:
    await carrier.behave(callback_statuses=["delivered"])
    receiver.answers = {"/plain": [500], "/asks": [500, 503]}
    await carrier.create(StatusCallback=f"{receiver.base}/plain")
    await carrier.create(StatusCallback=f"{receiver.base}/asks#rc=3&rp=ct,rt,5xx")
    await eventually(lambda: len(receiver.to("/asks")) == 3)
    assert len(receiver.to("/plain")) == 1
    assert len({call.headers["I-Twilio-Idempotency-Token"] for call in receiver.to("/asks")}) == 1


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({"callbacks_enabled": False}, []),
        ({"callbacks_lost": 1.0}, []),
        ({"callbacks_doubled": 1.0}, ["delivered", "delivered", "sent", "sent"]),
    ],
)
async def test_callbacks_can_be_off_lost_or_doubled(
    carrier: Caller, receiver: Receiver, change: dict[str, object], heard: list[str]
) -> None:
    await carrier.behave(**change)
    _, message = await carrier.create(StatusCallback=f"{receiver.base}/status")
    await carrier.until(message["sid"], "delivered")
    await carrier.behave(callbacks_enabled=True, callbacks_lost=0, callbacks_doubled=0)
    await carrier.create(StatusCallback=f"{receiver.base}/later")
    await eventually(lambda: len(statuses(receiver, "/later")) == 2)
    assert sorted(statuses(receiver)) == heard


@pytest.mark.parametrize("by_number", [True, False])
async def test_callbacks_can_come_in_reverse_order(
    carrier: Caller, receiver: Receiver, by_number: bool
) -> None:
    await carrier.behave(callbacks_reversed=0.0 if by_number else 1.0)
    to = "+12025550161" if by_number else SUPPORTER
    await carrier.create(To=to, StatusCallback=f"{receiver.base}/status")
    await eventually(lambda: len(statuses(receiver)) == 2)
    assert statuses(receiver) == ["delivered", "sent"]


async def test_late_callbacks_come_after_those_of_a_newer_message(
    carrier: Caller, receiver: Receiver
) -> None:
    await carrier.behave(callback_delay_seconds=0.3)
    _, late = await carrier.create(StatusCallback=f"{receiver.base}/status")
    await carrier.until(late["sid"], "delivered")
    await carrier.behave(callback_delay_seconds=0)
    await carrier.create(StatusCallback=f"{receiver.base}/newer")
    await eventually(lambda: len(statuses(receiver, "/newer")) == 2)
    assert statuses(receiver) == []
    await eventually(lambda: len(statuses(receiver)) == 2)


async def test_a_blocking_carrier_refuses_after_stop_until_start(carrier: Caller) -> None:
    carrier.account.default_opt_out = "block"
    await carrier.text(body=" stop ")
    status, error = await carrier.create()
    assert (status, error["code"]) == (400, 21610)
    replies = [m for m in await carrier.list(To=SUPPORTER) if m["direction"] == "outbound-reply"]
    assert len(replies) == 1
    assert (await carrier.until(replies[0]["sid"], "delivered"))["error_code"] is None
    await carrier.text(body="please stop")
    await carrier.text(body="START")
    assert (await carrier.create())[0] == 201


async def test_a_late_carrier_accepts_after_stop_and_fails_by_callback(
    carrier: Caller, receiver: Receiver
) -> None:
    carrier.account.default_opt_out = "late"
    await carrier.text(body="STOP")
    assert receiver.calls[0].fields["OptOutType"] == "STOP"
    status, message = await carrier.create(StatusCallback=f"{receiver.base}/status")
    assert status == 201
    assert (await carrier.until(message["sid"], "failed"))["error_code"] == 21610
    await eventually(lambda: statuses(receiver) == ["failed"])


async def test_an_opt_out_covers_the_whole_service_but_no_number_outside(carrier: Caller) -> None:
    carrier.account.default_opt_out = "block"
    pool = carrier.account.services[0].numbers
    await carrier.text(to=pool[0], body="STOP")
    assert (await carrier.create(From=pool[1]))[1]["code"] == 21610
    assert (await carrier.create(MessagingServiceSid=DEFAULT_SERVICE_SID, From=None))[1]["code"] == 21610
    assert (await carrier.create(From=LONG_CODE))[0] == 201


async def test_the_toll_free_network_obeys_stop_by_itself(carrier: Caller) -> None:
    await carrier.text(to=TOLL_FREE, body="STOP")
    _, message = await carrier.create(From=TOLL_FREE)
    assert (await carrier.until(message["sid"], "undelivered"))["error_code"] == 30004
    await carrier.text(to=TOLL_FREE, body="UNSTOP")
    _, message = await carrier.create(From=TOLL_FREE)
    assert (await carrier.until(message["sid"], "delivered"))["error_code"] is None
