"""A text that came in, as far as it matters here, however it came: by webhook or from the carrier's list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
    carrier_class: Literal["stop", "help", "start"] | None = None
    """What the carrier took it for and has answered already (Twilio's `OptOutType`, whose words an account
    may choose itself): we believe it, record it, and stay silent."""

    def __post_init__(self) -> None:
        """Words that no database takes (NUL, half a surrogate pair) must not cost the text, or a STOP."""
        object.__setattr__(self, "body", _storable(self.body))
        object.__setattr__(self, "from_", _storable(self.from_))
        object.__setattr__(self, "media", tuple(_storable(url) for url in self.media))


def _storable(words: str) -> str:
    return words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
