"""POST Messages.json: the one path that must be fast, and where most goes wrong at a real carrier."""

import asyncio

from textbank.simulator import delivery
from textbank.simulator.accounts import Account
from textbank.simulator.asgi import Answer, Cut, Request, json_answer
from textbank.simulator.configuration import CreateFault
from textbank.simulator.exchange import Exchange, new_sid, now
from textbank.simulator.records import Message, as_twilio
from textbank.simulator.refusals import Refusal
from textbank.simulator.validation import Asked, error_in, when


async def create(exchange: Exchange, account: Account, request: Request) -> Answer:
    """Create a message, unless chance, a limit or the message itself forbids. Raises Cut for a reset."""
    limit = exchange.behaviour.max_concurrent_creates
    if limit and exchange.creates_under_way >= limit:
        return refuse(20429)
    exchange.creates_under_way += 1
    try:
        return await _create(exchange, account, request)
    finally:
        exchange.creates_under_way -= 1


async def _create(exchange: Exchange, account: Account, request: Request) -> Answer:
    form = await request.form()
    fields = dict(form)
    media = tuple(value for name, value in form if name == "MediaUrl") if "MediaUrl" in fields else ()
    behaviour = exchange.behaviour
    if behaviour.latency_ms:
        await asyncio.sleep(behaviour.latency_ms / 1000)
    fault = exchange.dice.create_fault(fields.get("To", ""))
    if fault is not None and (answer := await _fail_before(exchange, fault)) is not None:
        return answer
    asked = Asked(account, fields, media, behaviour)
    if code := error_in(asked):
        return refuse(code)
    message = _accept(exchange, asked)
    # The answer shows the first status, whatever happens to the message in the same instant.
    answer = json_answer(as_twilio(message), 201)
    delivery.start(exchange, account, message)
    if fault is not None:
        return await _fail_after(exchange, fault, answer)
    return answer


def refuse(code: int) -> Answer:
    """The answer for an error code."""
    refusal = Refusal(code)
    return json_answer(refusal.as_twilio(), refusal.status)


def _accept(exchange: Exchange, asked: Asked) -> Message:
    account = asked.account
    service_sid = asked.field("MessagingServiceSid") or None
    service = account.services[service_sid].settings if service_sid else None
    scheduled = asked.field("ScheduleType") == "fixed"
    at = now()
    message = Message(
        seq=exchange.next_seq(),
        sid=new_sid("MM" if asked.media else "SM"),
        account=account.sid,
        to=asked.field("To"),
        sender=asked.field("From") or None,
        body=asked.field("Body"),
        direction="outbound-api",
        status="queued" if service is None else ("scheduled" if scheduled else "accepted"),
        created=at,
        updated=at,
        service=service_sid,
        callback=asked.field("StatusCallback") or (service.status_callback if service else "") or None,
        media=asked.media,
        validity=int(asked.field("ValidityPeriod") or (service.validity_period if service else 36_000)),
        due=(when(asked.field("SendAt")) or 0.0) if scheduled else 0.0,
    )
    if service is None:
        message.segments = delivery.billed_segments(account, message)
    exchange.add(account, message)
    return message


async def _fail_before(exchange: Exchange, fault: CreateFault) -> Answer | None:
    """The faults that strike before anything is created; None for the others."""
    match fault:
        case "too_many_requests":
            return refuse(20429)
        case "error_500_before":
            return refuse(20500)
        case "reset_before":
            raise Cut
        case "timeout_before":
            await asyncio.sleep(exchange.behaviour.fault_timeout_seconds)
            raise Cut
        case _:
            return None


async def _fail_after(exchange: Exchange, fault: CreateFault, answer: Answer) -> Answer:
    """The faults that strike when the message exists already."""
    if fault == "error_500_after":
        return refuse(20500)
    if fault == "reset_after":
        raise Cut
    await asyncio.sleep(exchange.behaviour.fault_timeout_seconds)
    return answer


def reply_from(
    exchange: Exchange, account: Account, sender: str, to: str, body: str, *, by_carrier: bool = False
) -> Message:
    """A text that the carrier sends in answer to an inbound one (TwiML, its own opt-out words)."""
    at = now()
    message = Message(
        seq=exchange.next_seq(),
        sid=new_sid("SM"),
        account=account.sid,
        to=to,
        sender=sender,
        body=body,
        direction="outbound-reply",
        status="queued",
        created=at,
        updated=at,
        by_carrier=by_carrier,
    )
    message.segments = delivery.billed_segments(account, message)
    exchange.add(account, message)
    delivery.start(exchange, account, message)
    return message
