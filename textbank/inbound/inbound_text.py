"""A text that came in, as far as it matters here, however it came: by webhook or from the carrier's list."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from textbank.sms.classify import Classification, classify_read
from textbank.sms.reading import Reading, read


@dataclass(frozen=True)
class InboundText:
    """One text from a supporter to one of our senders."""

    sid: str
    from_: str
    to: str
    body: str
    media: tuple[str, ...] = ()
    carrier_time: datetime | None = None
    """When the carrier received it. Webhooks do not say; the carrier's list does."""
    carrier_class: Literal["stop", "help", "start"] | None = None
    """What the carrier took it for and has answered already (Twilio's `OptOutType`, whose words an account
    may choose itself): we believe it, record it, and stay silent."""

    def __post_init__(self) -> None:
        """Words that no database takes (NUL, half a surrogate pair) must not cost the text, or a STOP."""
        if not _is_plain(self.body):
            object.__setattr__(self, "body", _storable(self.body))
        if not _is_plain(self.from_):
            object.__setattr__(self, "from_", _storable(self.from_))
        if self.media:
            object.__setattr__(self, "media", tuple(_storable(url) for url in self.media))

    @cached_property
    def reading(self) -> Reading:
        """Its words, read once for all who ask."""
        return read(self.body)

    @cached_property
    def meaning(self) -> Classification:
        """What it asks for. The carrier's word stands over our reading, but never over a stop that we can
        read ourselves."""
        ours = classify_read(self.reading)
        if self.carrier_class is None or ours.kind == "stop":
            return ours
        return Classification(self.carrier_class, "carrier:opt_out_type")


def _is_plain(words: str) -> bool:
    return words.isascii() and "\x00" not in words


def _storable(words: str) -> str:
    return words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
