"""What Textbank asks of a carrier, and the only four ways in which handing a text over can end.

`twilio/` implements it for Twilio and, because the simulator speaks Twilio's HTTP, for the simulator
too. Everything above this package sees a carrier only through these types.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from textbank.sms.carrier_errors import ErrorClass


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text to hand over, complete: nothing is looked up after this."""

    to: str
    """E.164."""
    body: str
    status_callback: str
    """Absolute URL; names the message and the attempt in its query."""
    validity_seconds: int
    """How long the carrier may keep it queued: 1 to 36,000 (Twilio's error 90007 outside that)."""
    from_: str | None = None
    """E.164 or short code; None lets the messaging service pick."""
    service: str | None = None
    """Messaging service sid; at least one of `from_` and `service` is given."""
    media_urls: tuple[str, ...] = ()
    deadline: float = float("inf")
    """`clock.boot_seconds()` after which not one byte may be written any more (the permit's end)."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has it, under this id."""

    sid: str
    status: str
    sender: str | None = None
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier said no for good: it does not have it and will not take it again."""

    code: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It is *known* that the carrier does not have it: never connected, the permit ran out first, or
    the carrier said "too many requests". It may be tried again under a new permit."""

    reason: str
    retry_after: float = 0.0
    """Seconds the carrier asked us to wait; 0 where it did not say."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes were written and no clear answer came (time-out, reset, 5xx): the carrier may have it."""

    reason: str


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class CarrierRecord:
    """A message as the carrier's list shows it."""

    sid: str
    direction: Literal["inbound", "outbound"]
    from_: str | None
    to: str
    body: str
    status: str
    date_created: datetime
    date_sent: datetime | None
    error_code: int | None
    service: str | None = None
    segments: int = 1
    media_count: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a carrier knows of a number before anything is sent to it."""

    valid: bool
    line_type: str | None
    """mobile, landline, fixedVoip, nonFixedVoip, tollFree…; None where it is not known."""
    network: str = ""
    """The network's name as the carrier writes it; empty where it is not known."""


class CarrierUnavailable(Exception):
    """A question to the carrier (fetch, list, lookup) got no answer. Asking again is harmless."""


class Carrier(Protocol):
    """One account at a carrier."""

    async def send(self, text: OutgoingText) -> Outcome:
        """Hand one text over. Never raises for what the network or the carrier does."""
        ...

    def list_to(self, to: str, *, page_size: int = 50) -> AsyncIterator[CarrierRecord]:
        """Messages to one number, ours or a supporter's, newest first, page after page.

        Lazy: the caller stops when it has seen far enough back. Raises CarrierUnavailable.
        """
        ...

    def list_everything(self, *, page_size: int = 1000) -> AsyncIterator[CarrierRecord]:
        """All messages of the account in both directions, newest first, page after page.

        Lazy, as `list_to` is. Raises CarrierUnavailable.
        """
        ...

    async def fetch(self, sid: str) -> CarrierRecord | None:
        """One message by its id, None if the carrier knows none such. Raises CarrierUnavailable."""
        ...

    async def service_numbers(self, service: str) -> list[str]:
        """The numbers in a messaging service's pool. Raises CarrierUnavailable."""
        ...

    async def media_of(self, sid: str) -> tuple[str, ...]:
        """Where the files attached to a message lie. Raises CarrierUnavailable."""
        ...

    async def lookup(self, e164: str) -> Lookup:
        """What kind of line a number is, and on which network (billed). Raises CarrierUnavailable."""
        ...

    def error_class(self, code: int) -> ErrorClass:
        """What should follow from one of this carrier's error codes."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
