"""One message as the carrier keeps it, and the same in Twilio's JSON shape.

A run may hold a million of these, so they have slots and a flat history.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from textbank.simulator.refusals import text_of
from textbank.sms.segments import smart_encode

API_VERSION = "2010-04-01"
FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "received"})
# US price of one segment either way; only an order of magnitude, so that a cost column shows something.
PRICE_PER_SEGMENT = 0.0083


@dataclass(slots=True, eq=False)
class Message:
    """A text in either direction. Times are seconds since the epoch, with microseconds."""

    seq: int
    """Counts every message of this carrier; newer is greater."""
    sid: str
    account: str
    to: str
    sender: str | None
    """None until a messaging service has picked one."""
    body: str
    direction: str
    status: str
    created: float
    updated: float
    segments: int = 0
    """0 while a service has not picked a sender, as at Twilio."""
    sent: float | None = None
    service: str | None = None
    error_code: int | None = None
    callback: str | None = None
    media: tuple[str, ...] = ()
    validity: int = 36_000
    due: float = 0.0
    """For a scheduled message: when it should leave."""
    history: tuple[str | float, ...] = ()
    """status, time, status, time…"""
    deleted: bool = False
    unheard: str = ""
    """Of an inbound text: why no webhook took it, as an HTTP status or the kind of failure."""
    by_carrier: bool = False
    """The carrier's own answer to STOP, START or HELP, which its block does not stop."""

    @property
    def inbound(self) -> bool:
        """Whether a supporter wrote it."""
        return self.direction == "inbound"

    @property
    def phone(self) -> str:
        """The supporter's number, whichever way the text went."""
        return (self.sender or "") if self.direction == "inbound" else self.to

    def becomes(self, status: str, at: float) -> None:
        """Take a new status and remember when."""
        self.status = status
        self.updated = at
        self.history = (*self.history, status, at)

    def steps(self) -> list[dict[str, str | float]]:
        """The history as a list of {status, at}."""
        pairs = zip(self.history[::2], self.history[1::2], strict=True)
        return [{"status": status, "at": at} for status, at in pairs]


@lru_cache(maxsize=4096)
def rfc_2822(seconds: int) -> str:
    """A date as Twilio's 2010 API writes it: Sat, 21 Nov 2026 19:00:00 +0000."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


def as_twilio(message: Message, *, reencode: bool = False) -> dict[str, object]:
    """The message resource, strings where Twilio has strings."""
    base = f"/{API_VERSION}/Accounts/{message.account}/Messages/{message.sid}"
    code = message.error_code
    price = None
    if message.sent is not None and message.segments:
        price = f"-{message.segments * PRICE_PER_SEGMENT:.5f}"
    return {
        "account_sid": message.account,
        "api_version": API_VERSION,
        "body": smart_encode(message.body) if reencode else message.body,
        "date_created": rfc_2822(int(message.created)),
        "date_sent": None if message.sent is None else rfc_2822(int(message.sent)),
        "date_updated": rfc_2822(int(message.updated)),
        "direction": message.direction,
        "error_code": code,
        "error_message": None if code is None else text_of(code),
        "from": message.sender,
        "messaging_service_sid": message.service,
        "num_media": str(len(message.media)),
        "num_segments": str(message.segments),
        "price": price,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": message.to,
        "uri": f"{base}.json",
    }
