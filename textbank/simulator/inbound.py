"""A supporter texts one of our numbers: the message exists at once, then the number's webhook hears of it.

Nothing that happens to the webhook touches the message: without a fallback that works, it only stands in
the list (Twilio does not deliver again), https://www.twilio.com/docs/messaging/guides/webhook-request.
"""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from textbank.simulator import opt_outs, twiml
from textbank.simulator.accounts import Account
from textbank.simulator.create_message import reply_from
from textbank.simulator.exchange import Exchange, new_sid, now
from textbank.simulator.records import API_VERSION, Message, as_twilio
from textbank.simulator.webhooks import Called
from textbank.sms.segments import count

_FAILURES = {"ct": "no connection", "rt": "no answer"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a supporter sends, and how the carrier mistreats it."""

    phone: str
    to: str
    body: str
    media: tuple[str, ...] = ()
    doubled: bool = False
    """The webhook is called twice, as after an answer that got lost."""
    delay: float = 0.0
    """The webhook is called so many seconds late."""
    ago: float = 0.0
    """The carrier received it so many seconds before now, so that a long time need not be waited out."""
    forged: bool = False
    """The webhook's signature is made with a wrong token, and the carrier knows no such message."""
    unheard: bool = False
    """The webhook is not called at all."""


@dataclass(frozen=True, slots=True)
class Received:
    """The message, and the calls of its webhook."""

    message: Message
    calls: "asyncio.Task[list[Called]] | None"


class Inbound:
    """Receives supporters' texts for one carrier."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._under_way: set[asyncio.Task[list[Called]]] = set()

    async def stop(self) -> None:
        """Give up the calls under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def under_way(self) -> int:
        """Webhook calls that have not ended."""
        return len(self._under_way)

    def receive(self, account: Account, written: Written) -> Received:
        """Take a text in and call the webhook in the background."""
        exchange = self._exchange
        message = _message(exchange, account, written)
        if not written.forged:
            exchange.add(account, message)
        opt_out_type = opt_outs.hear(exchange, account, message) if not written.forged else ""
        behaviour = exchange.behaviour
        if written.unheard or behaviour.inbound_blackout:
            return Received(message, None)
        addresses = webhook_addresses(account, written.to)
        if not addresses:
            return Received(message, None)
        parameters = _parameters(account, message, opt_out_type)
        delay = written.delay or behaviour.inbound_delay_seconds
        twice = written.doubled or exchange.dice.chance(behaviour.inbound_doubled)
        token = "forged" if written.forged else account.settings.auth_token
        task = asyncio.create_task(
            self._call(account, message, addresses, parameters, token, delay=delay, times=2 if twice else 1)
        )
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return Received(message, task)

    async def _call(
        self,
        account: Account,
        message: Message,
        addresses: list[str],
        parameters: dict[str, str],
        token: str,
        *,
        delay: float,
        times: int,
    ) -> list[Called]:
        if delay:
            await asyncio.sleep(delay)
        idempotency_token = str(uuid4())
        calls: list[Called] = []
        for _ in range(times):
            for number, address in enumerate(addresses):
                extra = {"ErrorCode": "11200", "ErrorUrl": addresses[0]} if number else {}
                called = await self._exchange.webhooks.call(
                    address, parameters | extra, token, idempotency_token
                )
                calls.append(called)
                if not called.failure:
                    self._answer(account, message, called)
                    break
        if calls[-1].failure:
            message.unheard = _FAILURES.get(calls[-1].failure, str(calls[-1].status))
            self._exchange.hub.touch(message.phone)
        return calls

    def _answer(self, account: Account, message: Message, called: Called) -> None:
        for body in twiml.messages_in(called.body):
            reply_from(self._exchange, account, message.to, message.sender or "", body)


def webhook_addresses(account: Account, number: str) -> list[str]:
    """The webhook of a number and its fallback: the service's, unless it defers to the number."""
    service = account.service_of(number)
    if service is not None and not service.settings.use_inbound_webhook_on_number:
        both = [service.settings.inbound_request_url, service.settings.fallback_url]
    else:
        settings = account.lines[number].settings
        both = [settings.sms_url, settings.sms_fallback_url]
    return [address for address in both if address] if both[0] else []


def as_json(received: Received, calls: list[Called] | None) -> dict[str, Any]:
    """What the address that takes a supporter's text answers with."""
    value: dict[str, Any] = as_twilio(received.message)
    if calls is not None:
        value["webhook_calls"] = [
            {"attempts": c.attempts, "status": c.status, "failure": c.failure} for c in calls
        ]
    return value


def _message(exchange: Exchange, account: Account, written: Written) -> Message:
    at = now() - written.ago
    service = account.service_of(written.to)
    return Message(
        seq=exchange.next_seq(),
        sid=new_sid("MM" if written.media else "SM"),
        account=account.sid,
        to=written.to,
        sender=written.phone,
        body=written.body,
        direction="inbound",
        status="received",
        created=at,
        updated=at,
        sent=at,
        segments=count(written.body).segments,
        service=service.settings.sid if service is not None else None,
        media=written.media,
    )


def _parameters(account: Account, message: Message, opt_out_type: str) -> dict[str, str]:
    parameters = {
        "ToCountry": "US",
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": "US",
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "SmsStatus": "received",
        "NumMedia": str(len(message.media)),
        "NumSegments": str(message.segments),
        "Body": message.body,
        "To": message.to,
        "From": message.sender or "",
        "AccountSid": account.sid,
        "ApiVersion": API_VERSION,
    }
    if message.service is not None:
        parameters["MessagingServiceSid"] = message.service
    if opt_out_type:
        parameters["OptOutType"] = opt_out_type
    for position, url in enumerate(message.media):
        parameters[f"MediaUrl{position}"] = url
        parameters[f"MediaContentType{position}"] = "image/jpeg"
    return parameters
