"""An hour of an ordinary evening: does anything grow, slow down or get lost? `python -m bench soak`.

Thirty texters press once a second, one person in ten replies, the carrier reports twice on each text. Each
minute the memory of every process, PostgreSQL's connections and what waits are read. `SECONDS=600` makes it
ten minutes. Not among the benchmarks that run when none is named.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.figures import p95, stage, tell
from bench.text_a_thon import Supporters, assert_nothing_lost_or_doubled, until_all_reported
from tests.factories.city import City, until
from tests.factories.texters import Texter, make_hand_campaign, phones_of, texters_of
from tests.factories.town import phones
from textbank import clock

SECONDS = int(os.environ.get("SECONDS", "3600"))
TEXTERS = int(os.environ.get("TEXTERS", "30"))
EVERY_SECONDS = 60.0
WARM = 3
"""Minutes after which everything has been asked for once."""


@dataclass(frozen=True, slots=True)
class Minute:
    """How it stood."""

    memory: dict[str, float]
    """Megabytes, by part, with the processes it has forked."""
    connections: int
    waiting: int
    click_p95_ms: float


def _family(pid: int) -> Iterator[int]:
    yield pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text().split() if children.exists() else ():
        yield from _family(int(child))


def memory_of(pid: int) -> float:
    """Megabytes that a process and its children hold for themselves (PSS: shared pages count once)."""
    kilobytes = 0
    for each in _family(pid):
        lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


async def look(city: City, texters: list[Texter], seen: list[int]) -> Minute:
    """Read it; `seen` is how many presses of each texter were looked at before."""
    [row] = await city.rows(
        "select (select count(*) from pg_stat_activity where application_name = 'textbank') as connections, "
        "(select count(*) from outbox) as waiting"
    )
    fresh = [one for texter, start in zip(texters, seen, strict=True) for one in texter.took[start:]]
    seen[:] = [len(texter.took) for texter in texters]
    memory = {name: memory_of(part.pid) for name, part in city.parts.items() if name != "simulator"}
    return Minute(memory, row["connections"], row["waiting"], p95(fresh) if len(fresh) > 1 else 0.0)


async def run(city: City) -> list[Minute]:
    """The hour; returns its minutes."""
    campaign = await make_hand_campaign(city)
    texters = await texters_of(city, campaign, TEXTERS)
    phone_of = await phones_of(city, campaign)
    supporters = Supporters(city)
    answering = [asyncio.create_task(supporters.answer()) for _ in range(2)]
    minutes: list[Minute] = []
    seen = [0] * TEXTERS

    async def press(texter: Texter, began: float) -> None:
        for number in range(SECONDS):
            await asyncio.sleep(max(0.0, began + number - clock.monotonic()))
            before = len(texter.took)
            if await texter.press() and len(texter.took) > before:
                supporters.was_texted(phone_of[int(texter.last)])

    async def watch() -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            minutes.append(await look(city, texters, seen))

    watching = asyncio.create_task(watch())
    start = clock.monotonic()
    await asyncio.gather(*(press(one, start + place / TEXTERS) for place, one in enumerate(texters)))
    watching.cancel()
    pressed = sum(len(texter.took) for texter in texters)
    await until_all_reported(city, campaign, pressed)
    await until(supporters.all_have, seconds=60)
    for task in answering:
        task.cancel()
    refused = [why for one in texters for why in one.refused]
    if refused:
        raise AssertionError(f"{len(refused)} presses were refused: {refused[:3]}")
    await assert_nothing_lost_or_doubled(city, campaign, supporters, pressed)
    return minutes


async def main() -> None:
    """Run it once."""
    async with stage(callbacks=2) as city:
        # More than can be pressed for: what others hold at the end is nobody's to take.
        await city.subscribe(phones((SECONDS + 100) * TEXTERS))
        minutes = await run(city)
    # Of the last minute only a part is pressed in.
    last = [minute for minute in minutes if minute.click_p95_ms][-1]
    first = minutes[min(WARM, len(minutes) - 1)]
    for part in first.memory:
        grown = last.memory[part] - first.memory[part]
        tell(f"soak_{part}_memory_mb", last.memory[part], "MB", grown=round(grown, 1), minutes=len(minutes))
    slowest = max(minute.click_p95_ms for minute in minutes)
    tell(
        "soak_click_p95_ms",
        last.click_p95_ms,
        "ms",
        first=round(first.click_p95_ms, 1),
        worst=round(slowest, 1),
    )
    tell("soak_connections", last.connections, "connections", first=first.connections)
    tell("soak_waiting", last.waiting, "texts", most=max(minute.waiting for minute in minutes))
