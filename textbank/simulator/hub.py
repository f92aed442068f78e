"""Who watches the wall of phones: each watcher hears which phones changed, never what was said."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from itertools import islice

from textbank import clock

_PAUSE_SECONDS = 0.15
_KEEP_ALIVE_SECONDS = 15.0
_MOST_AT_ONCE = 200


class Hub:
    """Phones in order of their last change, and the watchers of them."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, int] = OrderedDict()
        # Begins at the present, so that marks also grow from one run of the carrier to the next.
        self.mark = int(clock.now().timestamp() * 1_000_000)
        self._watchers: set[_Watcher] = set()
        self._closing = asyncio.Event()

    def touch(self, phone: str) -> None:
        """Something changed on this phone."""
        self.mark += 1
        self._recent[phone] = self.mark
        self._recent.move_to_end(phone)
        for watcher in self._watchers:
            watcher.touch(phone)

    def recent(self, offset: int, count: int) -> list[str]:
        """Phones, those that changed last first."""
        return list(islice(reversed(self._recent), offset, offset + count))

    def matching(self, digits: str, count: int) -> list[str]:
        """The latest phones whose number holds these digits; looks at 50,000 of them at most."""
        latest = islice(reversed(self._recent), 50_000)
        return list(islice((phone for phone in latest if digits in phone), count))

    def __len__(self) -> int:
        return len(self._recent)

    def clear(self) -> None:
        """Forget all phones; watchers are told to look again."""
        self._recent.clear()
        for watcher in self._watchers:
            watcher.touch("")

    def close(self) -> None:
        """Let every watcher go, so that the server can stop."""
        self._closing.set()
        for watcher in self._watchers:
            watcher.changed.set()

    def since(self, mark: int) -> list[str]:
        """Phones that changed after this mark, the latest 200 of them at most, oldest first."""
        phones = []
        for phone, changed in islice(reversed(self._recent.items()), _MOST_AT_ONCE):
            if changed <= mark:
                break
            phones.append(phone)
        return phones[::-1]

    async def watch(self, mark: int) -> AsyncGenerator[list[str], None]:
        """Lists of phones that changed after `mark`, one list at most each 150 ms.

        An empty list is a sign of life.
        """
        with self._watching() as watcher:
            yield self.since(mark)
            while not self._closing.is_set():
                try:
                    await asyncio.wait_for(watcher.changed.wait(), _KEEP_ALIVE_SECONDS)
                    await asyncio.sleep(_PAUSE_SECONDS)
                except TimeoutError:
                    pass
                yield watcher.take()

    @contextmanager
    def _watching(self) -> Iterator["_Watcher"]:
        watcher = _Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)


class _Watcher:
    """What one page has not been told yet. Past 200 phones it is only told to look again."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._phones: dict[str, None] = {}

    def touch(self, phone: str) -> None:
        if len(self._phones) < _MOST_AT_ONCE:
            self._phones[phone] = None
        self.changed.set()

    def take(self) -> list[str]:
        phones = list(self._phones)
        self._phones.clear()
        self.changed.clear()
        return phones
