"""Commit together what arrives while the last commit is under way, each organization for itself.

One transaction each would be the slowest part of a blast's status callbacks, of three hundred thumbs on Send
and of the replies to them. Nobody waits for company: where little arrives each has a transaction of its own,
and the busier it is, the more share one. Everybody is answered only after their own commit, and a group that
fails is tried again one by one, so that nobody fails for a neighbour; but not where the database itself is
away or hangs, because each of many would wait for it as long as all of them together.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from textbank.errors import Unavailable
from textbank.language import N_

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.001
AT_MOST = 500
MOST_WAITING = 10_000

T = TypeVar("T")
R = TypeVar("R")


class _Queue(Generic[T, R]):
    """What one organization waits for, and what of it is under way."""

    def __init__(self, apart: Callable[[T], Hashable] | None) -> None:
        self._apart = apart
        self.waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self.under_way: set[Hashable] = set()
        """One key for each item, so that its size is theirs."""
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def is_due(self) -> bool:
        """Whether a group may leave beside one that is under way: as many wait as are in it."""
        return len(self.waiting) >= len(self.under_way) > 0

    def next_group(self) -> dict[Hashable, tuple[T, "asyncio.Future[R]"]]:
        """Whoever may leave now, by key; what has the key of another that goes or went before stays."""
        group: dict[Hashable, tuple[T, asyncio.Future[R]]] = {}
        late: list[tuple[T, asyncio.Future[R]]] = []
        while self.waiting and len(group) < AT_MOST:
            one = self.waiting.popleft()
            key = self._apart(one[0]) if self._apart else object()
            if key in group or key in self.under_way:
                late.append(one)
            else:
                group[key] = one
        self.waiting.extendleft(reversed(late))
        return group


class GroupCommit(Generic[T, R]):
    """Collects items and has `work` commit them; `work` answers with one result for each, in their order.

    `work` must be harmless to repeat. Items with the same value of `apart` never share a transaction, and are
    committed in the order they came in. No organization waits for another's commit. Up to `at_once` groups of
    an organization are under way side by side, each further one only with as many as those before it: this
    process works for one while PostgreSQL works for the other.
    """

    def __init__(
        self,
        work: Callable[[int, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        apart: Callable[[T], Hashable] | None = None,
        at_once: int = 1,
    ) -> None:
        self._work = work
        self._apart = apart
        self._at_once = at_once
        self._queues: dict[int, _Queue[T, R]] = {}

    async def stop(self) -> None:
        """Stop; who still waits is cancelled, and asks again."""
        for task in [task for queue in self._queues.values() for task in queue.tasks]:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def submit(self, organization_id: int, item: T) -> R:
        """Return when this item is committed; raise what kept it from being."""
        queue = self._queues.get(organization_id)
        if queue is None:
            queue = self._queues[organization_id] = _Queue(self._apart)
        if len(queue.waiting) >= MOST_WAITING:
            raise Unavailable(N_("Too much arrives at once. Nothing was kept; please try again."))
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        queue.waiting.append((item, done))
        if not queue.tasks or (len(queue.tasks) < self._at_once and queue.is_due):
            queue.tasks.add(asyncio.create_task(self._commit_waiting(organization_id, queue)))
        return await done

    async def _commit_waiting(self, organization_id: int, queue: _Queue[T, R]) -> None:
        """Until nothing of this organization waits any more, or the rest is another group's company."""
        try:
            if not queue.under_way:
                await asyncio.sleep(GATHER_SECONDS)
            while group := queue.next_group():
                queue.under_way.update(group)
                try:
                    await self._commit(organization_id, list(group.values()))
                finally:
                    queue.under_way.difference_update(group)
                if queue.under_way and not queue.is_due:
                    break
        finally:
            queue.tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            if not queue.tasks:
                del self._queues[organization_id]
                _give_up(queue.waiting)  # empty, unless this task was cancelled

    async def _commit(self, organization_id: int, group: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._work(organization_id, [item for item, _ in group])
        except asyncio.CancelledError:
            _give_up(group)
            raise
        except Exception as error:
            if len(group) > 1 and not _speaks_for_all(error):
                for one in group:
                    await self._commit(organization_id, [one])
                return
            log.warning("%s was not committed: %s", type(group[0][0]).__name__, error)
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), result in zip(group, results, strict=True):
            if not done.done():
                done.set_result(result)


def _give_up(group: Iterable[tuple[T, "asyncio.Future[R]"]]) -> None:
    """Nobody may wait for a commit that nobody makes."""
    for _, done in group:
        done.cancel()


def _speaks_for_all(error: Exception) -> bool:
    """Whether the database was away or hung, as opposed to refusing something.

    asyncpg's InterfaceError is not one of these: values that it cannot encode raise it as well.
    """
    if isinstance(error, TimeoutError | OSError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
