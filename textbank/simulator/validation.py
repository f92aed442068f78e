"""Everything a create can be refused for, in the order in which the checks are made."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers

from textbank.simulator.accounts import Account
from textbank.simulator.configuration import Behaviour
from textbank.simulator.exchange import now
from textbank.simulator.magic_numbers import MAGIC
from textbank.sms.phone_number import PhoneNumber, parse

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
_LONGEST_BODY = 1600
_LONGEST_URL = 4000
_MOST_MEDIA = 10
_SOONEST_SCHEDULE = 300
_LATEST_SCHEDULE = 35 * 86_400


@dataclass(frozen=True, slots=True)
class Asked:
    """A create as it was posted."""

    account: Account
    fields: Mapping[str, str]
    media: tuple[str, ...]
    behaviour: Behaviour

    def field(self, name: str) -> str:
        """A field, or nothing."""
        return self.fields.get(name, "")


def error_in(asked: Asked) -> int:
    """The first error code that applies, or 0."""
    for check in _CHECKS:
        if code := check(asked):
            return code
    return 0


def _to(asked: Asked) -> int:
    to = asked.field("To")
    if not to:
        return 21604
    magic = MAGIC.get(to)
    if magic is not None:
        return magic.refused
    region = _region(to)
    if not region:
        return 21211
    return 0 if region in asked.account.settings.countries else 21408


def _sender(asked: Asked) -> int:
    sender, service_sid = asked.field("From"), asked.field("MessagingServiceSid")
    if not sender and not service_sid:
        return 21603
    if service_sid and (code := _service(asked, service_sid)):
        return code
    if not sender:
        return 0
    if service_sid and sender not in asked.account.services[service_sid].settings.numbers:
        return 21712 if sender in asked.account.lines else 21606
    return _number(asked, sender)


def _number(asked: Asked, sender: str) -> int:
    if not _E164.fullmatch(sender):
        return 21212
    if sender not in asked.account.lines:
        return 21606
    return 21266 if sender == asked.field("To") else 0


def _service(asked: Asked, sid: str) -> int:
    if not _SERVICE_SID.fullmatch(sid):
        return 21705
    service = asked.account.services.get(sid)
    if service is None:
        return 21701
    return 0 if service.settings.numbers else 21704


def _body(asked: Asked) -> int:
    body = asked.field("Body")
    if not body.strip() and not asked.media:
        return 21602
    if len(asked.media) > _MOST_MEDIA:
        return 21623
    if any(not is_web_address(url) for url in asked.media):
        return 21620
    return 21617 if len(body) > _LONGEST_BODY else 0


def _callback(asked: Asked) -> int:
    callback = asked.field("StatusCallback")
    if not callback:
        return 0
    if len(callback) > _LONGEST_URL or not is_web_address(callback.partition("?")[0]):
        return 21609
    return 0


def _validity(asked: Asked) -> int:
    given = asked.fields.get("ValidityPeriod")
    if given is None:
        return 0
    return 0 if given.isdecimal() and 1 <= int(given) <= 36_000 else 90007


def _schedule(asked: Asked) -> int:
    """Only a messaging service schedules, from 5 minutes to 35 days ahead."""
    if asked.field("ScheduleType") != "fixed":
        return 0
    if not asked.field("MessagingServiceSid"):
        return 35118
    if not asked.field("SendAt"):
        return 35111
    due = when(asked.field("SendAt"))
    if due is None or not _SOONEST_SCHEDULE <= due - now() <= _LATEST_SCHEDULE:
        return 35114
    return 0


def _opted_out(asked: Asked) -> int:
    if asked.account.settings.default_opt_out != "block":
        return 0
    sender = asked.field("From")
    scope = asked.account.scope_of(sender) if sender else asked.field("MessagingServiceSid")
    return 21610 if (scope, asked.field("To")) in asked.account.opted_out else 0


def _queue(asked: Asked) -> int:
    line = asked.account.lines.get(asked.field("From"))
    if line is None or line.backlog() <= asked.behaviour.queue_limit_seconds:
        return 0
    return 21611


_CHECKS: tuple[Callable[[Asked], int], ...] = (
    _to,
    _sender,
    _body,
    _callback,
    _validity,
    _schedule,
    _opted_out,
    _queue,
)


def when(text: str) -> float | None:
    """An ISO 8601 moment as seconds since the epoch."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None


@lru_cache(maxsize=4096)
def is_web_address(url: str) -> bool:
    """Whether a callback could be sent there. Twilio refuses host names with an underscore."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in host and " " not in url


def _region(number: str) -> str:
    """The country of a number that exists in its plan, or nothing."""
    if not _E164.fullmatch(number):
        return ""
    if not isinstance(parse(number), PhoneNumber):
        return ""
    if number.startswith("+1"):
        return _north_american_region(number[2:5])
    return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""


@lru_cache(maxsize=1024)
def _north_american_region(area_code: str) -> str:
    return phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{area_code}2345678")) or ""
