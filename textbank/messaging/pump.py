"""Keep texts leaving: a worker's task that refills free slots by lane until its time is up.

Everything it knows it reads from PostgreSQL, so it may die at any moment, and any number may run at
once. Part of the slots is kept for answers and replies, so that a blast which waits on a slow carrier
never holds one up (promise 8).
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from textbank import across, clock
from textbank.across import DueSender
from textbank.database import Database
from textbank.messaging.claim import Claimed, claim
from textbank.messaging.day_cap import correct_day
from textbank.messaging.hand_over import CallbackUrl, hand_over
from textbank.messaging.models import Lane
from textbank.messaging.pace import Campaign, Pace
from textbank.messaging.protocol import FEEDING_ENDS, LIVE_THREADS_WAIT, MICRO_BATCH, SLOTS, SLOTS_KEPT
from textbank.messaging.refresh_windows import refresh_stale_windows
from textbank.messaging.trickle import trickle
from textbank.sms.carrier import Carrier

log = logging.getLogger(__name__)

CarrierFor = Callable[[int, int], Awaitable[Carrier]]
"""(organization, carrier account) → its carrier, connections kept by the process."""

TICK_SECONDS = 0.1
FEED_SECONDS = 0.25
"""How long first texts, and again blasts, are claimed at most before answers are looked for again."""

WINDOWS_EVERY_SECONDS = 1.0
URGENT = (Lane.ANSWER, Lane.REPLY)
LANES = (URGENT, (Lane.FIRST_TEXT,), (Lane.BLAST,))


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
    lanes: tuple[tuple[Lane, ...], ...] = LANES
    _used: int = 0
    _found: int = 0
    """In this round."""
    _batches: set[asyncio.Task[None]] = field(default_factory=set)
    _fed: dict[tuple[int, tuple[Lane, ...]], float] = field(default_factory=dict)
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
                due = await across.due_senders(self.database, FEEDING_ENDS, LIVE_THREADS_WAIT)
                self._found = 0
                for lanes in self.lanes:  # everybody's answers before anybody's blast
                    await self._feed_all(due, lanes)
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
        """Sleep for a tick, or until a batch frees its slots while there are few left. Not at all where a
        round found much and has room for more: slots that came free during a claim would wait for nothing."""
        room = self.slots - self.kept - self._used
        if self._found >= MICRO_BATCH and room >= MICRO_BATCH:
            return
        if self._batches and self._used > self.slots // 2:
            await asyncio.wait(self._batches, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(TICK_SECONDS)

    async def _feed_all(self, due: Sequence[DueSender], lanes: tuple[Lane, ...]) -> None:
        """Feed each sender, first who has waited longest and so has most room. A pool of hundreds of numbers
        is gone through over several ticks, so that answers are looked at between them."""
        ends = clock.monotonic() + FEED_SECONDS
        for sender in sorted(due, key=lambda one: self._fed.get((one.sender_id, lanes), 0.0)):
            if lanes is not URGENT and clock.monotonic() > ends:
                return
            if any(lane in sender.lanes for lane in lanes):
                await self._feed(sender, lanes)
                self._fed[sender.sender_id, lanes] = clock.monotonic()

    async def _feed(self, sender: DueSender, lanes: tuple[Lane, ...]) -> None:
        started = lanes is not URGENT
        rest = self._resting.get((sender.carrier_account_id, started))
        wanted = [lane for lane in lanes if lane in sender.lanes]
        free = self.slots - self._used - (self.kept if started else 0)
        if not wanted or free <= 0 or (rest and clock.monotonic() < rest[0]):
            return
        for batch, token in await self._reserve(sender, wanted, free, started=started):
            self._used += len(batch)
            self._found += len(batch)
            task = asyncio.create_task(self._send(sender, token, batch, started=started))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _reserve(
        self, sender: DueSender, lanes: list[Lane], free: int, *, started: bool
    ) -> list[tuple[list[Claimed], uuid.UUID]]:
        granted = await self._grant(sender, free, started=started)
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
            await self.pace.correct(sender.sender_id, granted - used, campaign=_campaign(sender))
        return [(texts[i : i + MICRO_BATCH], token) for i in range(0, len(texts), MICRO_BATCH)]

    async def _grant(self, sender: DueSender, want: int, *, started: bool) -> int:
        granted = await self.pace.take(
            sender.sender_id,
            sender.segments_per_second,
            want,
            started_by_us=started,
            campaign=_campaign(sender),
        )
        if granted or started or not self.pace.away:
            return granted
        async with self.database.transaction(sender.organization_id) as session:
            return await trickle(session, sender.organization_id, sender.sender_id)

    async def _send(
        self, sender: DueSender, token: uuid.UUID, batch: list[Claimed], *, started: bool
    ) -> None:
        try:
            carrier = await self.carrier_for(sender.organization_id, sender.carrier_account_id)
            handed = await hand_over(
                self.database,
                carrier,
                sender,
                token,
                [text.message_id for text in batch],
                self.callback_url,
            )
            self._rest((sender.carrier_account_id, started), after_failure=handed.not_sent * 2 > len(batch))
            await self._settle_debt(sender, handed.segments - sum(text.segments for text in batch))
        except (SQLAlchemyError, OSError, TimeoutError):
            log.warning("a micro-batch got no permit; its claims lapse", exc_info=True)
        finally:
            self._used -= len(batch)

    async def _settle_debt(self, sender: DueSender, more: int) -> None:
        """What left was longer (or shorter, or less) than what was claimed: the bucket and the brand's day
        are told."""
        if more == 0:
            return
        await self.pace.correct(sender.sender_id, -more, campaign=_campaign(sender))
        if sender.brand_id is not None:
            async with self.database.transaction(sender.organization_id) as session:
                await correct_day(session, sender.organization_id, sender.brand_id, more)

    def _rest(self, which: tuple[int, bool], *, after_failure: bool) -> None:
        """A carrier that takes nothing is tried again after 0.5, 1, 2 … 10 seconds; blasts and answers rest
        apart, because a carrier that says "too many" to a blast may well take an answer."""
        if not after_failure:
            self._resting.pop(which, None)
            return
        pause = min(10.0, self._resting.get(which, (0.0, 0.25))[1] * 2)
        self._resting[which] = (clock.monotonic() + pause, pause)


def _campaign(sender: DueSender) -> Campaign | None:
    """The outer bucket, where the sender's registered campaign has a pace of its own."""
    if sender.registered_campaign_id is None or sender.campaign_segments_per_second is None:
        return None
    return sender.registered_campaign_id, sender.campaign_segments_per_second
