"""An account's messages, indexed so that a list of a million costs what its page costs.

Every index is in order of creation, and so can be cut by time or position with a binary search.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from textbank.simulator.records import Message

# A text waits in a queue for at most its validity (10 hours at Twilio), so one sent on a given day was
# created on that day or at most this long before; a minute more for the last steps.
LONGEST_BEFORE_SENT = 36_000 + 60


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a list can be narrowed by: nothing else, as at Twilio."""

    to: str | None = None
    sender: str | None = None
    sent_from: float | None = None
    """Sent at or after this moment (start of a day, GMT)."""
    sent_before: float | None = None

    @property
    def by_date(self) -> bool:
        """Whether unsent messages are left out."""
        return self.sent_from is not None or self.sent_before is not None

    def keeps(self, message: Message) -> bool:
        """Whether the message belongs into the list."""
        if message.deleted:
            return False
        if self.to is not None and message.to != self.to:
            return False
        if self.sender is not None and message.sender != self.sender:
            return False
        if not self.by_date:
            return True
        if message.sent is None:
            return False
        return (self.sent_from is None or message.sent >= self.sent_from) and (
            self.sent_before is None or message.sent < self.sent_before
        )


class MessageStore:
    """All messages of one account."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Message] = {}
        self.everything: list[Message] = []
        self.by_to: dict[str, list[Message]] = {}
        self.by_sender: dict[str, list[Message]] = {}
        self.statuses: Counter[str] = Counter()

    def add(self, message: Message) -> None:
        """Keep a new message: the newest of all."""
        self.by_sid[message.sid] = message
        self.everything.append(message)
        self.by_to.setdefault(message.to, []).append(message)
        if message.sender is not None:
            self.by_sender.setdefault(message.sender, []).append(message)
        self.statuses[message.status] += 1

    def picked_sender(self, message: Message, sender: str) -> None:
        """A service chose the sender: file the message under it too, at its place in time."""
        message.sender = sender
        filed = self.by_sender.setdefault(sender, [])
        if not filed or filed[-1].seq < message.seq:
            filed.append(message)
            return
        filed.insert(bisect_left(filed, message.seq, key=_seq), message)

    def status_changed(self, before: str, after: str) -> None:
        """Keep the counts by status right."""
        self.statuses[before] -= 1
        self.statuses[after] += 1

    def forget(self, message: Message) -> None:
        """Delete a message; lists skip it from now on."""
        message.deleted = True
        del self.by_sid[message.sid]
        self.statuses[message.status] -= 1

    def newest_first(
        self, wanted: ListFilter, *, created_until: float, older_than: int | None = None
    ) -> Iterator[Message]:
        """Messages of a list. `created_until` cuts those too new to be listed; `older_than` is a seq."""
        index = self._smallest_index(wanted)
        end = bisect_right(index, created_until, key=_created)
        if wanted.sent_before is not None:
            end = min(end, bisect_left(index, wanted.sent_before, key=_created))
        if older_than is not None:
            end = min(end, bisect_left(index, older_than, key=_seq))
        start = 0
        if wanted.sent_from is not None:
            start = bisect_left(index, wanted.sent_from - LONGEST_BEFORE_SENT, key=_created)
        for position in range(end - 1, start - 1, -1):
            if wanted.keeps(message := index[position]):
                yield message

    def conversation(self, phone: str) -> list[Message]:
        """Everything to and from one supporter's number, oldest first."""
        both = self.by_to.get(phone, []) + self.by_sender.get(phone, [])
        return sorted((message for message in both if not message.deleted), key=_seq)

    def _smallest_index(self, wanted: ListFilter) -> list[Message]:
        candidates = [self.everything]
        if wanted.to is not None:
            candidates.append(self.by_to.get(wanted.to, []))
        if wanted.sender is not None:
            candidates.append(self.by_sender.get(wanted.sender, []))
        return min(candidates, key=len)


def _seq(message: Message) -> int:
    return message.seq


def _created(message: Message) -> float:
    return message.created
