"""An account while the carrier runs: its messages, its numbers with their queues, who has opted out."""

from base64 import b64encode
from itertools import cycle

from textbank import clock
from textbank.simulator.configuration import AccountSettings, NumberSettings, ServiceSettings
from textbank.simulator.store import MessageStore
from textbank.sms.phone_number import PhoneNumber, parse

_UNREGISTERED, _UNVERIFIED = 30034, 30032
_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


class Line:
    """One of the account's numbers. Its queue is only the moment at which it will be empty."""

    def __init__(self, settings: NumberSettings) -> None:
        self.settings = settings
        self.free_at = 0.0
        self.toll_free = settings.e164.startswith(_TOLL_FREE)

    def backlog(self) -> float:
        """Seconds of traffic waiting."""
        return max(self.free_at - clock.monotonic(), 0.0)

    def reserve(self, segments: int) -> None:
        """Put so many segments at the end of the queue."""
        self.free_at = max(self.free_at, clock.monotonic()) + segments / self.settings.pace


class Service:
    """A messaging service: who of its pool sends next."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self._sticky: dict[str, str] = {}
        self.pool_changed()

    def pool_changed(self) -> None:
        """Begin the rotation anew; what stuck to a number that left the pool is free again."""
        self._turn = cycle(list(self.settings.numbers))
        pool = set(self.settings.numbers)
        self._sticky = {to: sender for to, sender in self._sticky.items() if sender in pool}

    def sender_for(self, to: str) -> str:
        """The number that texts `to`: the one that did before, if the service is sticky."""
        if self.settings.sticky_sender and (known := self._sticky.get(to)):
            return known
        return self.used(to, next(self._turn))

    def used(self, to: str, sender: str) -> str:
        """Remember who texted whom."""
        if self.settings.sticky_sender:
            self._sticky[to] = sender
        return sender

    def forget(self) -> None:
        """Forget who texted whom."""
        self._sticky.clear()


class Account:
    """Everything the carrier holds for one customer."""

    def __init__(self, settings: AccountSettings) -> None:
        self.settings = settings
        self.sid = settings.sid
        self.store = MessageStore()
        self.lines = {number.e164: Line(number) for number in settings.numbers}
        self.services = {service.sid: Service(service) for service in settings.services}
        self.opted_out: set[tuple[str, str]] = set()
        """(scope, supporter): the scope is a service's sid, or a number that is in none."""
        for e164 in self.lines:
            if not isinstance(parse(e164), PhoneNumber):
                raise ValueError(f"{e164} is not a valid phone number.")

    def authorizations(self) -> list[str]:
        """The values of the Authorization header that let this account in."""
        tokens = [self.settings.auth_token, self.settings.secondary_auth_token]
        pairs = [f"{self.sid}:{token}".encode() for token in tokens if token]
        return [f"Basic {b64encode(pair).decode()}" for pair in pairs]

    def service_of(self, number: str) -> Service | None:
        """The service whose pool holds the number."""
        for service in self.services.values():
            if number in service.settings.numbers:
                return service
        return None

    def scope_of(self, number: str) -> str:
        """What an opt-out from this number covers: its whole service, or the number alone."""
        line = self.lines.get(number)
        service = self.service_of(number)
        if service is None or (line is not None and line.toll_free):
            return number
        return service.settings.sid

    def blocks(self, sender: str) -> int:
        """The error code that carriers end this number's texts with because it is unregistered, or 0."""
        line = self.lines.get(sender)
        if line is None or not self.settings.blocks_unregistered:
            return 0
        if line.toll_free:
            return 0 if line.settings.toll_free_verification == "TWILIO_APPROVED" else _UNVERIFIED
        service = self.service_of(sender)
        registered = service is not None and service.settings.campaign_status == "VERIFIED"
        return 0 if registered else _UNREGISTERED

    def clear(self) -> None:
        """Forget all traffic; numbers, services and their addresses stay."""
        self.store = MessageStore()
        self.opted_out.clear()
        for line in self.lines.values():
            line.free_at = 0.0
        for service in self.services.values():
            service.forget()
