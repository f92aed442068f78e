"""What the wall of phones shows, as plain values for its templates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from textbank.simulator.exchange import Exchange
from textbank.simulator.magic_numbers import MAGIC
from textbank.simulator.records import Message
from textbank.sms.phone_number import national

_BUBBLES = 40
_HUES = 6
_STATES = {
    "accepted": "waiting",
    "scheduled": "waiting",
    "queued": "waiting",
    "sending": "travelling",
    "sent": "travelling",
    "delivered": "arrived",
    "received": "arrived",
    "undelivered": "failing",
    "failed": "failing",
    "canceled": "failing",
}


@dataclass(frozen=True, slots=True)
class OurNumber:
    """A number that a supporter can text."""

    e164: str
    national: str
    label: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone."""

    body: str
    mine: bool
    """The supporter wrote it."""
    party: str
    """Whom it came from or went to, where that changed."""
    state: str
    status: str
    at: str
    at_iso: str
    media: int


@dataclass(frozen=True, slots=True)
class Phone:
    """One simulated phone."""

    e164: str
    national: str
    says: str
    hue: int
    partner: str
    """Our number that this phone last spoke with."""
    earlier: int
    newest: str
    bubbles: list[Bubble] = field(default_factory=list)


def our_numbers(exchange: Exchange) -> list[OurNumber]:
    """All numbers of all accounts, with their labels."""
    return [
        OurNumber(e164, national(e164), line.settings.label)
        for account in exchange.accounts.values()
        for e164, line in account.lines.items()
    ]


def phone(exchange: Exchange, e164: str) -> Phone:
    """A phone with its latest texts."""
    messages, total = exchange.latest(e164, _BUBBLES)
    magic = MAGIC.get(e164)
    return Phone(
        e164=e164,
        national=national(e164),
        says=magic.says if magic is not None else "",
        hue=int(e164[-4:]) % _HUES,
        partner=next((_partner(message) for message in reversed(messages) if _partner(message)), ""),
        earlier=total - len(messages),
        newest=messages[-1].sid if messages else "",
        bubbles=_bubbles(exchange, messages),
    )


def _partner(message: Message) -> str:
    return message.to if message.inbound else message.sender or ""


def _bubbles(exchange: Exchange, messages: list[Message]) -> list[Bubble]:
    bubbles = []
    before = ""
    for message in messages:
        partner = _partner(message)
        moment = datetime.fromtimestamp(message.created, UTC)
        bubbles.append(
            Bubble(
                body=message.body,
                mine=message.inbound,
                party=_party(exchange, message) if partner != before else "",
                state="failing" if message.unheard else _STATES[message.status],
                status=_status(message),
                at=moment.strftime("%H:%M UTC"),
                at_iso=moment.isoformat(timespec="seconds"),
                media=len(message.media),
            )
        )
        before = partner
    return bubbles


def _party(exchange: Exchange, message: Message) -> str:
    partner = _partner(message)
    if not partner:
        return "A number not picked yet"
    account = exchange.accounts[message.account]
    label = account.lines[partner].settings.label if partner in account.lines else ""
    return f"{label} · {national(partner)}" if label else national(partner)


def _status(message: Message) -> str:
    if message.inbound:
        return f"Nobody took it · {message.unheard}" if message.unheard else "Sent"
    if message.error_code is not None:
        return f"{message.status.capitalize()} · {message.error_code}"
    return message.status.capitalize()
