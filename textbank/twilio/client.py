"""One Twilio account as a `Carrier`: hands texts over, and answers what became of them.

Twilio has no idempotency key for a new message, so every failure is sorted by one question: does Twilio
*certainly* not have it? Only then is it `NotSent`; where bytes were written and no clear answer came, it is
`Unknown`, to be settled by looking at the list, never by sending again.
"""

import base64
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from twilio.http.response import Response
from twilio.rest import Client

from textbank.sms.carrier import (
    Accepted,
    CarrierRecord,
    CarrierUnavailable,
    Lookup,
    NotSent,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from textbank.sms.carrier_errors import ErrorClass
from textbank.twilio.error_codes import classify_error
from textbank.twilio.transport import Call, TooLate, Transport, current_call, reason_of

_API = "https://api.twilio.com"
_LOOKUPS = "https://lookups.twilio.com"
_SERVICES = "https://messaging.twilio.com"
_LARGEST_PAGE = 1000
_TOO_MANY_REQUESTS = 20429


class TwilioCarrier:
    """The carrier that one account is. Made anywhere, used within one event loop."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        api_url: str = "",
        timeout_seconds: float = 10.0,
        connections: int = 200,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._transport = Transport(
            f"Basic {credentials}", timeout_seconds=timeout_seconds, connections=connections, tls=tls
        )
        self._client = Client(
            account_sid,
            auth_token,
            http_client=self._transport,
            # The SDK would look for its region and edge in this process's environment; an empty mapping
            # counts as none for it.
            environment={"TWILIO_REGION": ""},
        )
        self._api = (api_url or _API).rstrip("/")
        self._lookups = (api_url or _LOOKUPS).rstrip("/")
        self._services = (api_url or _SERVICES).rstrip("/")
        self._messages = f"{self._api}/2010-04-01/Accounts/{account_sid}/Messages"

    async def send(self, text: OutgoingText) -> Outcome:
        """Hand one text over. Never raises for what the network or the carrier does."""
        call = Call(text.deadline)
        token = current_call.set(call)
        try:
            response = await self._client.request_async("POST", f"{self._messages}.json", data=_form(text))
        except (aiohttp.ClientError, OSError, TooLate) as error:
            reason = reason_of(error)
            return Unknown(reason) if call.written else NotSent(reason)
        finally:
            current_call.reset(token)
        return _outcome(response)

    def list_to(self, to: str, *, page_size: int = 50) -> AsyncIterator[CarrierRecord]:
        """Messages to one number, newest first, page after page. Raises CarrierUnavailable."""
        return self._list({"To": to, "PageSize": min(page_size, _LARGEST_PAGE)})

    def list_everything(self, *, page_size: int = _LARGEST_PAGE) -> AsyncIterator[CarrierRecord]:
        """All messages of the account, newest first, page after page. Raises CarrierUnavailable."""
        return self._list({"PageSize": min(page_size, _LARGEST_PAGE)})

    async def fetch(self, sid: str) -> CarrierRecord | None:
        """One message by its id, None if Twilio knows none such. Raises CarrierUnavailable."""
        status, found = await self._ask(f"{self._messages}/{sid}.json")
        if status == 404:
            return None
        if status != 200:
            raise CarrierUnavailable(f"the message came with HTTP {status}")
        return _record(found)

    async def service_numbers(self, service: str) -> list[str]:
        """The numbers in a messaging service's pool. Raises CarrierUnavailable."""
        address = f"{self._services}/v1/Services/{service}/PhoneNumbers"
        status, page = await self._ask(address, {"PageSize": 400})  # a pool's limit is 400
        if status != 200:
            raise CarrierUnavailable(f"the service's numbers came with HTTP {status}")
        return [str(one["phone_number"]) for one in page.get("phone_numbers", [])]

    async def media_of(self, sid: str) -> tuple[str, ...]:
        """Where the files attached to a message lie. Raises CarrierUnavailable."""
        status, page = await self._ask(f"{self._messages}/{sid}/Media.json")
        if status != 200:
            raise CarrierUnavailable(f"the message's media came with HTTP {status}")
        return tuple(self._api + str(one["uri"]).removesuffix(".json") for one in page.get("media_list", []))

    async def lookup(self, e164: str) -> Lookup:
        """What kind of line a number is, and on which network (billed). Raises CarrierUnavailable."""
        status, found = await self._ask(
            f"{self._lookups}/v2/PhoneNumbers/{e164}", {"Fields": "line_type_intelligence"}
        )
        if status == 404:
            return Lookup(valid=False, line_type=None)
        if status != 200:
            raise CarrierUnavailable(f"the lookup came with HTTP {status}")
        line = found.get("line_type_intelligence") or {}
        return Lookup(
            valid=bool(found.get("valid")),
            line_type=line.get("type"),
            network=line.get("carrier_name") or "",
        )

    def error_class(self, code: int) -> ErrorClass:
        """What to do about one of this carrier's error codes."""
        return classify_error(code)

    async def close(self) -> None:
        """Close connections."""
        await self._transport.close()

    async def _list(self, parameters: dict[str, object]) -> AsyncIterator[CarrierRecord]:
        asked: dict[str, object] | None = parameters
        address = f"{self._messages}.json"
        while address:
            status, page = await self._ask(address, asked)
            if status != 200 or not isinstance(page.get("messages"), list):
                raise CarrierUnavailable(f"the list of messages came with HTTP {status}")
            for listed in page["messages"]:
                yield _record(listed)
            following = page.get("next_page_uri")
            address, asked = (f"{self._api}{following}" if following else ""), None

    async def _ask(
        self, address: str, parameters: Mapping[str, object] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """A question, which is harmless to ask again."""
        try:
            response = await self._client.request_async("GET", address, params=parameters)
        except (aiohttp.ClientError, OSError) as error:
            raise CarrierUnavailable(reason_of(error)) from error
        answer = _json(response)
        if response.status_code == 200 and not answer:
            raise CarrierUnavailable("the answer was not JSON")
        return response.status_code, answer


def _form(text: OutgoingText) -> dict[str, object]:
    form: dict[str, object] = {
        "To": text.to,
        "Body": text.body,
        "StatusCallback": text.status_callback,
        "ValidityPeriod": text.validity_seconds,
    }
    if text.from_ is not None:
        form["From"] = text.from_
    if text.service is not None:
        form["MessagingServiceSid"] = text.service
    if text.media_urls:
        form["MediaUrl"] = list(text.media_urls)
    return form


def _outcome(response: Response) -> Outcome:
    status: int = response.status_code
    answer = _json(response)
    code = _integer(answer.get("code"))
    if 200 <= status < 300:
        sid = answer.get("sid")
        if not isinstance(sid, str) or not sid:
            return Unknown(f"HTTP {status} without a message in it")
        return Accepted(
            sid=sid,
            status=str(answer.get("status") or "accepted"),
            sender=answer.get("from") or None,
            # "0" stands for "not counted yet", as long as a service has not picked the sender.
            segments=_integer(answer.get("num_segments")) or None,
        )
    # Nothing was made: Twilio's page on error 20429 asks to try again later.
    if status == 429 or code == _TOO_MANY_REQUESTS:
        return NotSent("too many requests", retry_after=_seconds(response.headers.get("Retry-After")))
    if 400 <= status < 500 and code is not None and classify_error(code) is not ErrorClass.AMBIGUOUS:
        return Refused(code, str(answer.get("message") or ""))
    return Unknown(f"HTTP {status}" if code is None else f"HTTP {status}, error {code}")


def _record(listed: Mapping[str, Any]) -> CarrierRecord:
    created = _moment(listed.get("date_created"))
    if created is None:
        # Whoever reads a list back to some moment must not take a missing date for an old one.
        raise CarrierUnavailable("a listed message has no date")
    return CarrierRecord(
        sid=listed["sid"],
        direction="inbound" if listed.get("direction") == "inbound" else "outbound",
        from_=listed.get("from") or None,
        to=listed.get("to") or "",
        body=listed.get("body") or "",
        status=listed.get("status") or "",
        date_created=created,
        date_sent=_moment(listed.get("date_sent")),
        error_code=_integer(listed.get("error_code")),
        service=listed.get("messaging_service_sid") or None,
        segments=_integer(listed.get("num_segments")) or 1,
        media_count=_integer(listed.get("num_media")) or 0,
    )


def _json(response: Response) -> dict[str, Any]:
    """The answer's object; empty where it is something else, such as a proxy's page."""
    try:
        answer = json.loads(response.text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _integer(value: object) -> int | None:
    """A number that Twilio writes as a number or as a string."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _seconds(header: str | None) -> float:
    value = _integer(header)
    return float(value) if value is not None else 0.0


def _moment(written: object) -> datetime | None:
    """A date as RFC 2822 has it: "Mon, 16 Aug 2010 03:45:01 +0000"."""
    if not isinstance(written, str) or not written:
        return None
    try:
        return parsedate_to_datetime(written).astimezone(UTC)
    except ValueError:
        return None
