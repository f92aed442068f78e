"""Commit status callbacks together: whoever arrives within ten milliseconds shares a transaction.

A blast brings two or three callbacks a text. One commit each would be the slowest part of the whole
way out; a callback is still answered only after its commit.
"""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.database import Database
from textbank.messaging.apply_callbacks import StatusCallback, apply_callbacks
from textbank.messaging.follow_refusal import follow_refusal
from textbank.twilio.error_codes import classify_error

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.01
AT_MOST = 500

Waiting = tuple[int, StatusCallback, "asyncio.Future[None]"]


class GroupCommit:
    """Collects callbacks and commits them by organization."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue(maxsize=10_000)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to commit."""
        self._task = asyncio.create_task(self._commit_forever())

    async def stop(self) -> None:
        """Stop; who still waits is not answered 2xx, and the carrier's later status makes up for it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def apply(self, organization_id: int, callback: StatusCallback) -> None:
        """Return when this callback is committed; raise what kept it from being."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._queue.put((organization_id, callback, done))
        await done

    async def _commit_forever(self) -> None:
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while not self._queue.empty() and len(batch) < AT_MOST:
                batch.append(self._queue.get_nowait())
            groups: dict[int, list[Waiting]] = defaultdict(list)
            for one in batch:
                groups[one[0]].append(one)
            for organization_id, group in groups.items():
                await self._commit(organization_id, group)

    async def _commit(self, organization_id: int, group: list[Waiting]) -> None:
        async def work(session: AsyncSession) -> None:
            failures = await apply_callbacks(session, organization_id, [one[1] for one in group])
            for failure in sorted(failures, key=lambda one: one.recipient_id):
                await follow_refusal(
                    session,
                    organization_id,
                    recipient_id=failure.recipient_id,
                    sender_id=failure.sender_id,
                    message_id=failure.message_id,
                    code=failure.code,
                    error_class=classify_error(failure.code),
                    at=failure.permit_at,
                )

        try:
            await self._database.idempotent(organization_id, work)
        except Exception as error:
            if len(group) > 1:  # one that cannot be committed must not fail its neighbours
                for one in group:
                    await self._commit(organization_id, [one])
                return
            log.warning("a callback was not committed: %s", error)
            if not group[0][2].done():
                group[0][2].set_exception(error)
            return
        for _, _, done in group:
            if not done.done():
                done.set_result(None)
