"""Keep texts leaving: a worker's task that refills free slots by lane until its time is up.

Everything it knows it reads from PostgreSQL, so it may die at any moment, and any number may run at
once. Part of the slots is kept for answers and replies, so that a blast which waits on a slow carrier
never holds one up (promise 8).
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from textbank import across, clock
from textbank.across import DueSender
from textbank.database import Database
from textbank.messaging.claim import Claimed, claim
from textbank.messaging.hand_over import CallbackUrl, hand_over
from textbank.messaging.models import Lane
from textbank.messaging.pace import Pace
from textbank.messaging.protocol import FEEDING_ENDS, MICRO_BATCH, SLOTS, SLOTS_KEPT
from textbank.messaging.refresh_windows import refresh_stale_windows
from textbank.sms.carrier import Carrier

log = logging.getLogger(__name__)

CarrierFor = Callable[[int, int], Awaitable[Carrier]]
"""(organization, carrier account) → its carrier, connections kept by the process."""

TICK_SECONDS = 0.1

WINDOWS_EVERY_SECONDS = 1.0
URGENT = (Lane.ANSWER, Lane.REPLY)
_LANES = (URGENT, (Lane.FIRST_TEXT,), (Lane.BLAST,))


@dataclass(slots=True)
class Pump:
    """One run of the pump. `slots` texts at most are under way at once, `kept` of them for lanes 1 and 2."""

    database: Database
    pace: Pace
    carrier_for: CarrierFor
    callback_url: CallbackUrl
    slots: int = SLOTS
    kept: int = SLOTS_KEPT
    seconds: float = 20.0
    idle_seconds: float = 1.0
    """It ends early when nothing has been due for this long; the schedule rings again."""
    stopping: Callable[[], bool] = lambda: False
    _used: int = 0
    _batches: set[asyncio.Task[None]] = field(default_factory=set)
    _resting: dict[tuple[int, bool], tuple[float, float]] = field(default_factory=dict)

    async def run(self) -> None:
        """Pump until `seconds` are over, or nothing has been due for a second; then finish what flies."""
        ends = clock.monotonic() + self.seconds
        last_work, windows_at = clock.monotonic(), 0.0
        try:
            while (now := clock.monotonic()) < ends and not self.stopping():
                if now - windows_at > WINDOWS_EVERY_SECONDS:
                    await refresh_stale_windows(self.database)
                    windows_at = now
                due = await across.due_senders(self.database, FEEDING_ENDS)
                for lanes in _LANES:  # everybody's answers before anybody's blast
                    for sender in due:
                        await self._feed(sender, lanes)
                if due or self._batches:
                    last_work = clock.monotonic()
                elif clock.monotonic() - last_work > self.idle_seconds:
                    break
                await self._tick()
        except (SQLAlchemyError, OSError, TimeoutError):
            log.warning("the database is away; the pump ends and is rung again", exc_info=True)
        finally:
            while self._batches:
                await asyncio.wait(self._batches)

    async def _tick(self) -> None:
        """Sleep for a tick, or until a batch frees its slots while there are few left."""
        if self._batches and self._used > self.slots // 2:
            await asyncio.wait(self._batches, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(TICK_SECONDS)

    async def _feed(self, sender: DueSender, lanes: tuple[Lane, ...]) -> None:
        started = lanes is not URGENT
        rest = self._resting.get((sender.carrier_account_id, started))
        wanted = [lane for lane in lanes if lane in sender.lanes]
        free = self.slots - self._used - (self.kept if started else 0)
        if not wanted or free <= 0 or (rest and clock.monotonic() < rest[0]):
            return
        for batch, token in await self._reserve(sender, wanted, free, started=started):
            self._used += len(batch)
            task = asyncio.create_task(self._send(sender, token, batch, started=started))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _reserve(
        self, sender: DueSender, lanes: list[Lane], free: int, *, started: bool
    ) -> list[tuple[list[Claimed], uuid.UUID]]:
        granted = await self.pace.take(
            sender.sender_id, sender.segments_per_second, free, started_by_us=started
        )
        if not granted:
            return []
        token = uuid.uuid4()
        async with self.database.transaction(sender.organization_id) as session:
            texts = await claim(
                session,
                sender.organization_id,
                sender.sender_id,
                lanes=lanes,
                token=token,
                texts=min(free, granted),
                segments=granted,
            )
        used = sum(text.segments for text in texts)
        if used != granted:
            await self.pace.correct(sender.sender_id, granted - used)
        return [(texts[i : i + MICRO_BATCH], token) for i in range(0, len(texts), MICRO_BATCH)]

    async def _send(
        self, sender: DueSender, token: uuid.UUID, batch: list[Claimed], *, started: bool
    ) -> None:
        try:
            carrier = await self.carrier_for(sender.organization_id, sender.carrier_account_id)
            not_sent = await hand_over(
                self.database,
                carrier,
                sender,
                token,
                [text.message_id for text in batch],
                self.callback_url,
            )
            self._rest((sender.carrier_account_id, started), after_failure=not_sent * 2 > len(batch))
        except (SQLAlchemyError, OSError, TimeoutError):
            log.warning("a micro-batch got no permit; its claims lapse", exc_info=True)
        finally:
            self._used -= len(batch)

    def _rest(self, which: tuple[int, bool], *, after_failure: bool) -> None:
        """A carrier that takes nothing is tried again after 0.5, 1, 2 … 10 seconds; blasts and answers rest
        apart, because a carrier that says "too many" to a blast may well take an answer."""
        if not after_failure:
            self._resting.pop(which, None)
            return
        pause = min(10.0, self._resting.get(which, (0.0, 0.25))[1] * 2)
        self._resting[which] = (clock.monotonic() + pause, pause)
