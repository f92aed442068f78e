"""A supporter's text exists at once, whatever becomes of the webhook that tells of it."""

from twilio.request_validator import RequestValidator

from tests.flows.simulator.conftest import SUPPORTER, Caller, Receiver, eventually
from textbank.simulator.defaults import INBOUND_PATH, LONG_CODE, POOL, RETRY_OVERRIDES


async def test_a_text_reaches_the_numbers_webhook_signed_and_complete(
    carrier: Caller, receiver: Receiver
) -> None:
    made = await carrier.text(body=" Café & pizza? 👍🏽\n+1 ")
    assert (made["http"], made["status"], made["direction"]) == (201, "received", "inbound")
    assert made["webhook_calls"] == [{"attempts": 1, "status": 200, "failure": ""}]
    (call,) = receiver.to(INBOUND_PATH)
    validator = RequestValidator(carrier.account.auth_token)
    assert validator.validate(call.url, call.fields, call.headers["X-Twilio-Signature"])
    assert call.fields["Body"] == " Café & pizza? 👍🏽\n+1 "
    assert call.fields["MessageSid"] == call.fields["SmsMessageSid"] == made["sid"]
    assert (call.fields["From"], call.fields["To"]) == (SUPPORTER, LONG_CODE)
    assert (call.fields["NumMedia"], call.fields["FromCity"]) == ("0", "")
    assert (await carrier.list(From=SUPPORTER))[0]["sid"] == made["sid"]


async def test_media_are_named_by_their_urls(carrier: Caller, receiver: Receiver) -> None:
    made = await carrier.text(body="", media=["https://example.org/a.jpg"])
    fields = receiver.calls[0].fields
    assert made["sid"].startswith("MM")
    assert (fields["NumMedia"], fields["MediaUrl0"]) == ("1", "https://example.org/a.jpg")


async def test_a_text_to_a_pool_number_goes_to_the_services_webhook(
    carrier: Caller, receiver: Receiver
) -> None:
    service = carrier.account.services[0]
    service.inbound_request_url = f"{receiver.base}/service"
    await carrier.text(to=POOL[0])
    assert receiver.to("/service")[0].fields["MessagingServiceSid"] == service.sid
    service.use_inbound_webhook_on_number = True
    await carrier.text(to=POOL[0])
    assert len(receiver.to(INBOUND_PATH)) == 1


async def test_repeats_carry_one_idempotency_token_and_then_the_fallback_is_called(
    carrier: Caller, receiver: Receiver
) -> None:
    number = carrier.account.numbers[0]
    number.sms_url = f"{receiver.base}/first{RETRY_OVERRIDES}"
    number.sms_fallback_url = f"{receiver.base}/second"
    receiver.answers = {"/first": [503] * 4}
    made = await carrier.text()
    assert len({call.headers["I-Twilio-Idempotency-Token"] for call in receiver.to("/first")}) == 1
    assert [call["attempts"] for call in made["webhook_calls"]] == [4, 1]
    assert receiver.to("/second")[0].fields["ErrorCode"] == "11200"
    assert receiver.to("/second")[0].fields["MessageSid"] == made["sid"]


async def test_without_a_fallback_nothing_is_delivered_again_and_the_list_still_has_it(
    carrier: Caller, receiver: Receiver
) -> None:
    number = carrier.account.numbers[0]
    number.sms_url, number.sms_fallback_url = f"{receiver.base}/first", ""
    receiver.answers = {"/first": [500]}
    made = await carrier.text()
    assert made["webhook_calls"] == [{"attempts": 1, "status": 500, "failure": "5xx"}]
    assert [message["sid"] for message in await carrier.list(To=LONG_CODE)] == [made["sid"]]


async def test_a_webhook_that_is_not_there_is_tried_twice(carrier: Caller) -> None:
    number = carrier.account.numbers[0]
    number.sms_url, number.sms_fallback_url = "http://127.0.0.1:9/", ""
    made = await carrier.text()
    assert made["webhook_calls"] == [{"attempts": 2, "status": None, "failure": "ct"}]


async def test_in_a_blackout_a_text_stands_only_in_the_list(carrier: Caller, receiver: Receiver) -> None:
    await carrier.behave(inbound_blackout=True)
    made = await carrier.text()
    assert made["webhook_calls"] == []
    assert receiver.calls == []
    assert len(await carrier.list(To=LONG_CODE)) == 1


async def test_a_text_can_be_told_twice_late_or_forged(carrier: Caller, receiver: Receiver) -> None:
    twice = await carrier.text(doubled=True)
    assert [call.fields["MessageSid"] for call in receiver.calls] == [twice["sid"]] * 2
    receiver.calls.clear()
    forged = await carrier.text(forged=True)
    validator = RequestValidator(carrier.account.auth_token)
    (call,) = receiver.calls
    assert not validator.validate(call.url, call.fields, call.headers["X-Twilio-Signature"])
    assert forged["sid"] not in [message["sid"] for message in await carrier.list()]
    receiver.calls.clear()
    await carrier.text(delay_seconds=0.2, wait=False)
    assert receiver.calls == []
    await eventually(lambda: len(receiver.calls) == 1)


async def test_a_twiml_answer_is_sent_to_the_supporter(carrier: Caller, receiver: Receiver) -> None:
    receiver.bodies[INBOUND_PATH] = "<Response><Message>Hi &amp; welcome</Message><Redirect/></Response>"
    await carrier.text()
    reply = (await carrier.list(To=SUPPORTER))[0]
    assert (reply["body"], reply["direction"], reply["from"]) == (
        "Hi & welcome",
        "outbound-reply",
        LONG_CODE,
    )


async def test_only_a_real_number_can_text_and_only_one_of_ours_can_be_texted(carrier: Caller) -> None:
    assert (await carrier.text(phone="+1555"))["http"] == 422
    refused = await carrier.text(to="+12125550199")
    assert refused["http"] == 422
    assert "nothing was sent" in refused["error"]
