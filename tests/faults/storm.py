"""Every fault there is, one after the other in an order that dice decide, while texts leave."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from tests.factories.city import City, until
from textbank.messaging.protocol import CLAIM_LEASE

AT_THE_CARRIER = (
    "timeout_after",
    "timeout_before",
    "error_500_after",
    "error_500_before",
    "reset_after",
    "reset_before",
    "too_many_requests",
)
ON_THE_WIRE = ("cut_before", "cut_after", "black_hole", "delay")
FROZEN_SECONDS = 2.0
PAST_THE_LEASE = CLAIM_LEASE.total_seconds() + 2

Strike = Callable[[], Awaitable[object]]


class Storm:
    """The faults, and how often each has struck while calls were under way."""

    def __init__(self, city: City, *, times: int) -> None:
        self._city = city
        self._dice = random.Random(11)
        self._thawing: set[asyncio.Task[None]] = set()
        self.struck: Counter[str] = Counter()
        self.over = False
        self._times = times
        self._strikes: dict[str, Strike] = {
            "worker killed in mid-call": self._kill_a_child,
            "worker frozen past its lease": self._freeze_a_child,
            "all workers killed": lambda: city.restart_after_kill("sending"),
            "web killed": lambda: city.restart_after_kill("web"),
            "chores killed": lambda: city.restart_after_kill("chores"),
            "schedule killed": lambda: city.restart_after_kill("schedule"),
            "PostgreSQL killed": city.restart_postgres_after_kill,
            "Valkey killed": city.restart_valkey_after_kill,
            "web frozen": lambda: self._freeze([city.parts["web"].pid]),
            "PostgreSQL frozen": lambda: self._freeze(_with_children(city)),
            "Valkey frozen": lambda: self._freeze([city.queue.pid if city.queue else 0]),
            "database slow": self._slow_database,
            "database link cut": lambda: city.wire.ask("cut"),
            "webhook cut": lambda: city.wires["webhooks"].fault("cut_after", count=4),
            "webhook late": lambda: city.wires["webhooks"].fault("delay", count=4, seconds=2),
            "carrier away": self._refuse,
        }
        for fault in AT_THE_CARRIER:
            self._strikes[f"carrier: {fault}"] = lambda fault=fault: fail_next(
                city, fault, count=4, seconds=200
            )  # type: ignore[misc]
        for kind in ON_THE_WIRE:
            self._strikes[f"wire: {kind}"] = lambda kind=kind: city.wire.fault(kind, count=6, seconds=3)  # type: ignore[misc]

    @property
    def strikes(self) -> int:
        """How many there will have been."""
        return len(self._strikes) * self._times

    async def rage(self) -> None:
        """Strike with everything, so many times; ends when what was frozen is thawed."""
        order = [name for name in self._strikes for _ in range(self._times)]
        self._dice.shuffle(order)
        for name in order:
            await self._revive()
            await self._city.calls_in_flight(at_least=1, seconds=200)
            await self._strikes[name]()
            self.struck[name] += 1
        if self._thawing:
            await asyncio.wait(self._thawing)
        await self._revive()
        self.over = True

    async def _revive(self) -> None:
        """Start again what could not start beside a database just killed, as whatever runs it does."""
        for name, part in list(self._city.parts.items()):
            if part.poll() is not None:
                await asyncio.to_thread(self._city.start_part, name)

    async def _kill_a_child(self) -> None:
        self._city.kill(await self._city.child_in_mid_call(at_least=1, seconds=90))

    async def _freeze_a_child(self) -> None:
        pid = await self._city.child_in_mid_call(at_least=1, seconds=90)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)

        async def thaw() -> None:
            await asyncio.sleep(PAST_THE_LEASE)
            with suppress(ProcessLookupError):  # it may have been killed meanwhile
                os.kill(pid, signal.SIGCONT)

        task = asyncio.create_task(thaw())
        self._thawing.add(task)
        task.add_done_callback(self._thawing.discard)

    async def _freeze(self, pids: list[int]) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_SECONDS)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    async def _slow_database(self) -> None:
        await self._city.wire.ask("slow", seconds=0.1)
        await asyncio.sleep(FROZEN_SECONDS)
        await self._city.wire.ask("slow", seconds=0.0)

    async def _refuse(self) -> None:
        await self._city.wire.ask("refuse")
        await asyncio.sleep(0.5)
        await self._city.wire.ask("accept")


async def fail_next(city: City, fault: str, *, count: int, seconds: float = 60.0) -> None:
    """Let the next creates fail so, and wait until they have met their fate."""
    await city.behave(create_fault_next={fault: count})

    async def met() -> bool:
        return not (await city.carrier("settings"))["create_fault_next"].get(fault)

    await until(met, seconds=seconds)


def _with_children(city: City) -> list[int]:
    """PostgreSQL and all that it forked."""
    if city.database is None:
        return []
    postmaster = city.database.pid
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return [postmaster, *(int(pid) for pid in children)]
