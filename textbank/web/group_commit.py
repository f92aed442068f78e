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
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

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


class GroupCommit(Generic[T, R]):
    """Collects items and has `work` commit them; `work` answers with one result for each, in their order.

    `work` must be harmless to repeat. Items with the same value of `apart` never share a transaction, and are
    committed in the order they came in. No organization waits for another's commit.
    """

    def __init__(
        self,
        work: Callable[[int, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        apart: Callable[[T], Hashable] | None = None,
    ) -> None:
        self._work = work
        self._apart = apart
        self._waiting: dict[int, deque[tuple[T, asyncio.Future[R]]]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def stop(self) -> None:
        """Stop; who still waits gets no answer, and asks again."""
        for task in list(self._tasks.values()):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def submit(self, organization_id: int, item: T) -> R:
        """Return when this item is committed; raise what kept it from being."""
        waiting = self._waiting.setdefault(organization_id, deque())
        if len(waiting) >= MOST_WAITING:
            raise Unavailable(N_("Too much arrives at once. Nothing was kept; please try again."))
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        waiting.append((item, done))
        if organization_id not in self._tasks:
            self._tasks[organization_id] = asyncio.create_task(self._commit_waiting(organization_id))
        return await done

    async def _commit_waiting(self, organization_id: int) -> None:
        """Until nothing of this organization waits any more."""
        waiting = self._waiting[organization_id]
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while waiting:
                await self._commit(organization_id, self._next_group(waiting))
        finally:
            del self._tasks[organization_id], self._waiting[organization_id]

    def _next_group(
        self, waiting: deque[tuple[T, "asyncio.Future[R]"]]
    ) -> list[tuple[T, "asyncio.Future[R]"]]:
        group: list[tuple[T, asyncio.Future[R]]] = []
        late: list[tuple[T, asyncio.Future[R]]] = []
        seen: set[Hashable] = set()
        while waiting and len(group) < AT_MOST:
            one = waiting.popleft()
            key = self._apart(one[0]) if self._apart else object()
            (late if key in seen else group).append(one)
            seen.add(key)
        waiting.extendleft(reversed(late))
        return group

    async def _commit(self, organization_id: int, group: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._work(organization_id, [item for item, _ in group])
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


def _speaks_for_all(error: Exception) -> bool:
    """Whether the database was away or hung, as opposed to refusing something.

    asyncpg's InterfaceError is not one of these: values that it cannot encode raise it as well.
    """
    if isinstance(error, TimeoutError | OSError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
