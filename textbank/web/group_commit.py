"""Commit together what arrives while the last commit is under way, organization by organization.

One transaction each would be the slowest part of a blast's status callbacks and of three hundred thumbs on
Send. Nobody waits for company: where little arrives each has a transaction of its own, and the busier it is,
the more share one. Everybody is answered only after their own commit, and a group that fails is tried again
one by one, so that nobody fails for a neighbour.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.001
AT_MOST = 500

T = TypeVar("T")
R = TypeVar("R")


class GroupCommit(Generic[T, R]):
    """Collects items and has `work` commit them; `work` answers with one result for each, in their order.

    `work` must be harmless to repeat. Items with the same value of `apart` never share a transaction.
    """

    def __init__(
        self,
        work: Callable[[int, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        apart: Callable[[T], Hashable] | None = None,
    ) -> None:
        self._work = work
        self._apart = apart
        self._queue: asyncio.Queue[tuple[int, T, asyncio.Future[R]]] = asyncio.Queue(maxsize=10_000)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.create_task(self._commit_forever())

    async def stop(self) -> None:
        """Stop; who still waits gets no answer, and asks again."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def submit(self, organization_id: int, item: T) -> R:
        """Return when this item is committed; raise what kept it from being."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        await self._queue.put((organization_id, item, done))
        return await done

    async def _commit_forever(self) -> None:
        late: list[tuple[int, T, asyncio.Future[R]]] = []
        while True:
            batch = late or [await self._queue.get()]
            if not late:
                await asyncio.sleep(GATHER_SECONDS)
            while not self._queue.empty() and len(batch) < AT_MOST:
                batch.append(self._queue.get_nowait())
            groups: dict[int, list[tuple[T, asyncio.Future[R]]]] = defaultdict(list)
            late, seen = [], set()
            for one in batch:
                key = (one[0], self._apart(one[1])) if self._apart else None
                if key is not None and key in seen:
                    late.append(one)
                    continue
                seen.add(key)
                groups[one[0]].append(one[1:])
            for organization_id, group in groups.items():
                await self._commit(organization_id, group)

    async def _commit(self, organization_id: int, group: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._work(organization_id, [item for item, _ in group])
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    await self._commit(organization_id, [one])
                return
            log.warning("%s was not committed: %s", type(group[0][0]).__name__, error)
            if not group[0][1].done():
                group[0][1].set_exception(error)
            return
        for (_, done), result in zip(group, results, strict=True):
            if not done.done():
                done.set_result(result)
