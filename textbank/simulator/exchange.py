"""The whole carrier in one object: accounts, what is planned, chance, callbacks, watchers, journal."""

import secrets
from collections.abc import Callable, Iterator

from textbank import clock
from textbank.simulator.accounts import Account
from textbank.simulator.agenda import Agenda
from textbank.simulator.callbacks import Callbacks
from textbank.simulator.configuration import Behaviour, SimulatorSettings
from textbank.simulator.dice import Dice
from textbank.simulator.hub import Hub
from textbank.simulator.journal import Journal
from textbank.simulator.records import Message
from textbank.simulator.webhooks import Webhooks


class Exchange:
    """State shared by every address of one carrier. One event loop, no threads, no locks."""

    def __init__(self, settings: SimulatorSettings, journal: Journal) -> None:
        self.settings = settings
        self.behaviour: Behaviour = settings.behaviour
        self.accounts = {account.sid: Account(account) for account in settings.accounts}
        self.by_authorization = {
            header: account for account in self.accounts.values() for header in account.authorizations()
        }
        self.agenda = Agenda()
        self.dice = Dice(self.behaviour, settings.seed)
        self.webhooks = Webhooks()
        self.callbacks = Callbacks(self.agenda, self.dice, self.webhooks, settings.callback_concurrency)
        self.hub = Hub()
        self.journal = journal
        self.delivered: Callable[[Account, Message], None] | None = None
        """Told of each text that arrives on a phone."""
        self.last_seq = 0
        self.creates_under_way = 0

    def next_seq(self) -> int:
        """The place of a new message among all."""
        self.last_seq += 1
        return self.last_seq

    def add(self, account: Account, message: Message) -> None:
        """Keep a new message, with its first status."""
        message.history = (message.status, message.created)
        account.store.add(message)
        self.journal.created(message)
        self.hub.touch(message.phone)

    def change_status(self, account: Account, message: Message, status: str) -> None:
        """Move a message on, and tell everybody who wants to know."""
        account.store.status_changed(message.status, status)
        message.becomes(status, now())
        self.journal.changed(message)
        self.hub.touch(message.phone)
        self.callbacks.tell(account, message)
        if status == "delivered" and self.delivered is not None:
            self.delivered(account, message)

    def set_behaviour(self, behaviour: Behaviour) -> None:
        """Behave so from now on."""
        self.behaviour = behaviour
        self.dice.behaviour = behaviour

    def messages(self) -> Iterator[Message]:
        """Every message that was not deleted, oldest first within its account."""
        for account in self.accounts.values():
            for message in account.store.everything:
                if not message.deleted:
                    yield message

    def owner_of(self, number: str) -> Account | None:
        """The account that one of our numbers belongs to."""
        for account in self.accounts.values():
            if number in account.lines:
                return account
        return None

    def conversation(self, phone: str) -> list[Message]:
        """Everything to and from a supporter's number, in all accounts, oldest first."""
        found = [m for account in self.accounts.values() for m in account.store.conversation(phone)]
        return sorted(found, key=lambda message: message.seq)

    def latest(self, phone: str, count: int) -> tuple[list[Message], int]:
        """The latest messages of a phone, oldest first, and how many it has in all."""
        found: list[Message] = []
        total = 0
        for account in self.accounts.values():
            for index in (account.store.by_to, account.store.by_sender):
                filed = index.get(phone, [])
                total += len(filed)
                found.extend(message for message in filed[-count:] if not message.deleted)
        found.sort(key=lambda message: message.seq)
        return found[-count:], total

    def reset(self) -> None:
        """Forget all traffic and everything planned; settings and webhook addresses stay."""
        self.agenda.clear()
        self.callbacks.clear()
        self.dice.forget()
        for account in self.accounts.values():
            account.clear()
        self.hub.clear()
        self.journal.cleared()


def now() -> float:
    """Seconds since the epoch, with microseconds: the carrier's own time."""
    return clock.now().timestamp()


def new_sid(prefix: str) -> str:
    """A fresh id in Twilio's form: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)
