"""Where Twilio brings the texts that people send us: set it, and read it back.

A number in a messaging service is answered for by the service, whose own address wins unless it is set to
defer to the number; a TwiML application wins over both. So what was written is not yet what counts.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from textbank.errors import NotFound
from textbank.language import N_
from textbank.twilio.set_up_api import SetUpApi
from textbank.twilio.verify_account import list_senders

INBOUND_PATH: Final = "/webhooks/twilio/inbound"
OVERRIDES: Final = "#rc=3&rp=ct,rt,5xx"
"""Three more tries, for errors and slowness, too. Twilio's own default repeats a failed connection once."""

Fault = Literal["missing", "elsewhere", "no_retries", "method", "fallback", "service", "application"]


@dataclass(frozen=True, slots=True)
class Pointing:
    """Where a sender's texts really go."""

    address: str
    inbound: str
    fallback: str
    method: str
    service: str = ""
    """The messaging service that decides instead of the number."""
    application: str = ""
    """The TwiML application that decides instead of the number."""

    def fault(self, wanted: str) -> Fault | None:
        """What is wrong with it, worst first; None if texts come to `wanted`, with retries and a fallback."""
        bare = wanted.partition("#")[0]
        if self.application:
            return "application"
        if self.inbound.partition("#")[0] != bare:
            if self.service:
                return "service"
            return "elsewhere" if self.inbound else "missing"
        if self.method != "POST":
            return "method"
        if self.inbound != wanted:
            return "no_retries"
        return None if self.fallback == wanted else "fallback"


def inbound_url(public_url: str) -> str:
    """The address that Twilio is to bring texts to."""
    return public_url.rstrip("/") + INBOUND_PATH + OVERRIDES


async def read_webhooks(api: SetUpApi, address: str) -> list[Pointing]:
    """Where the texts to a number go; of a messaging service, those to each of its pool's numbers."""
    if address.startswith("MG"):
        service = await api.get(f"{api.messaging}/Services/{address}")
        if not service.get("use_inbound_webhook_on_number"):
            return [_of_service(address, service)]
        numbers, _ = await list_senders(api)
        pool = [one for one in numbers if one.service == address]
        return [_of_number(await _number(api, one.address), "") for one in pool]
    row = await _number(api, address)
    numbers, _ = await list_senders(api)
    service_sid = next((one.service for one in numbers if one.address == address), "")
    if service_sid:
        service = await api.get(f"{api.messaging}/Services/{service_sid}")
        if not service.get("use_inbound_webhook_on_number"):
            return [_of_service(address, service)]
    return [_of_number(row, address)]


async def set_webhooks(api: SetUpApi, address: str, wanted: str, *, service_too: bool) -> None:
    """Point a sender's texts to us. `service_too` also changes a messaging service that a number is in."""
    if address.startswith("MG"):
        await _set_service(api, address, wanted)
        return
    row = await _number(api, address)
    await api.set(
        f"{api.account}/IncomingPhoneNumbers/{row['sid']}.json",
        SmsUrl=wanted,
        SmsMethod="POST",
        SmsFallbackUrl=wanted,
        SmsFallbackMethod="POST",
    )
    if service_too:
        numbers, _ = await list_senders(api)
        for one in numbers:
            if one.address == address and one.service:
                await _set_service(api, one.service, wanted)


async def _set_service(api: SetUpApi, sid: str, wanted: str) -> None:
    await api.set(
        f"{api.messaging}/Services/{sid}",
        InboundRequestUrl=wanted,
        InboundMethod="POST",
        FallbackUrl=wanted,
        FallbackMethod="POST",
        UseInboundWebhookOnNumber="false",
    )


async def _number(api: SetUpApi, address: str) -> dict[str, Any]:
    rows = await api.all_of(f"{api.account}/IncomingPhoneNumbers.json", "incoming_phone_numbers")
    found = next((row for row in rows if row["phone_number"] == address), None)
    if found is None:
        raise NotFound(
            N_(
                "{address} is not a number of this Twilio account (any more). What was set up so far is "
                "kept. Choose one that is, or take the right account."
            ),
            address=address,
        )
    return found


def _of_service(address: str, service: dict[str, Any]) -> Pointing:
    return Pointing(
        address,
        service.get("inbound_request_url") or "",
        service.get("fallback_url") or "",
        service.get("inbound_method") or "POST",
        service=service["sid"],
    )


def _of_number(row: dict[str, Any], address: str) -> Pointing:
    return Pointing(
        address or row["phone_number"],
        row.get("sms_url") or "",
        row.get("sms_fallback_url") or "",
        row.get("sms_method") or "POST",
        application=row.get("sms_application_sid") or "",
    )
