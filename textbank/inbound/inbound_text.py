"""A text that came in, as far as it matters here, however it came: by webhook or from the carrier's list."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InboundText:
    """One text from a supporter to one of our senders."""

    sid: str
    from_: str
    to: str
    body: str
    media: tuple[str, ...] = ()
    carrier_time: datetime | None = None
    """When the carrier received it. Webhooks do not say; the carrier's list does."""
    carrier_answered: bool = False
    """The carrier has answered it already (Twilio's `OptOutType`): we record, and stay silent."""
