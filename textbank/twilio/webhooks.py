"""What Twilio's webhooks say, as values: nothing is looked up, stored or checked for its signature here.

Twilio adds fields without notice, so whatever is not named here is passed over.
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textbank.errors import InvalidInput

Form = Mapping[str, str]

_MOST_MEDIA = 10
"""Twilio's own limit for one message."""


@dataclass(frozen=True, slots=True)
class Media:
    """One attached file, still at Twilio."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class InboundWebhook:
    """A text that somebody sent us."""

    sid: str
    account_sid: str
    from_: str
    to: str
    body: str
    service: str | None
    segments: int
    media: tuple[Media, ...]
    opt_out_type: str | None
    """STOP, START or HELP where Advanced Opt-Out is on: Twilio has answered already, so we must not."""


@dataclass(frozen=True, slots=True)
class StatusWebhook:
    """What became of a text of ours. Order is not guaranteed, and a missing one is normal."""

    sid: str
    account_sid: str
    status: str
    error_code: int | None
    from_: str | None
    to: str


def parse_inbound(form: Form) -> InboundWebhook:
    """Read the form of an inbound text. Raises InvalidInput where a field is missing."""
    return InboundWebhook(
        sid=_required(form, "MessageSid", "SmsMessageSid", "SmsSid"),
        account_sid=_required(form, "AccountSid"),
        from_=_required(form, "From"),
        to=_required(form, "To"),
        body=form.get("Body", ""),
        service=form.get("MessagingServiceSid", "") or None,
        segments=_integer(form, "NumSegments") or 1,
        media=_media(form),
        opt_out_type=form.get("OptOutType", "").upper() or None,
    )


def parse_status(form: Form) -> StatusWebhook:
    """Read the form of a status callback. Raises InvalidInput where a field is missing."""
    return StatusWebhook(
        sid=_required(form, "MessageSid", "SmsSid"),
        account_sid=_required(form, "AccountSid"),
        status=_required(form, "MessageStatus", "SmsStatus").lower(),
        error_code=_integer(form, "ErrorCode"),
        from_=form.get("From", "") or None,
        to=_required(form, "To"),
    )


def _required(form: Form, *names: str) -> str:
    """The value of the first of several names that Twilio has used for one thing."""
    for name in names:
        if value := form.get(name, ""):
            return value
    raise InvalidInput(f"The webhook has no {names[0]}. Nothing was kept; it is not one of Twilio's.")


def _integer(form: Form, name: str) -> int | None:
    value = form.get(name, "")
    # Twilio's numbers are short; a longer one is nobody's error code.
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _media(form: Form) -> tuple[Media, ...]:
    count = min(_integer(form, "NumMedia") or 0, _MOST_MEDIA)
    return tuple(
        Media(url=url, content_type=form.get(f"MediaContentType{place}", ""))
        for place in range(count)
        if (url := form.get(f"MediaUrl{place}", ""))
    )
