"""What is to happen later, in one heap with one timer: a task for each message would cost too much."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

from textbank import clock

_Entry = tuple[float, int, Callable[..., None], tuple[object, ...]]

# Events this close together are done in one go.
_GRAIN_SECONDS = 0.005


class Agenda:
    """Calls functions at their time, in order of time, on the running event loop."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._closed = False

    def after(self, seconds: float, action: Callable[..., None], *arguments: object) -> None:
        """Call `action(*arguments)` in so many seconds, never from within this call."""
        due = clock.monotonic() + max(seconds, 0.0)
        heapq.heappush(self._heap, (due, next(self._order), action, arguments))
        if self._timer is None or due < self._timer_at - _GRAIN_SECONDS:
            self._arm(due)

    @property
    def waiting(self) -> int:
        """How much is planned."""
        return len(self._heap)

    def clear(self) -> None:
        """Forget everything planned."""
        self._heap.clear()

    def close(self) -> None:
        """Stop the timer for good."""
        self._closed = True
        self.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self, due: float) -> None:
        if self._closed:
            return
        if self._timer is not None:
            self._timer.cancel()
        wait = max(due - clock.monotonic(), 0.0)
        self._timer_at = due
        self._timer = asyncio.get_running_loop().call_later(wait, self._run)

    def _run(self) -> None:
        self._timer = None
        until = clock.monotonic()
        try:
            while self._heap and self._heap[0][0] <= until:
                _due, _order, action, arguments = heapq.heappop(self._heap)
                action(*arguments)
        finally:
            if self._heap:
                self._arm(max(self._heap[0][0], clock.monotonic() + _GRAIN_SECONDS))
