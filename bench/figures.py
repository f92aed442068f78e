"""What every benchmark shares: how a figure is told, and the stage that it is measured on."""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.factories.build_city import free_port, make_template, running_city
from tests.factories.city import City
from textbank.simulator.defaults import DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN

LATENCY_MS = 50
UNLIMITED = 100_000.0


def tell(figure: str, value: float, unit: str, **more: object) -> None:
    """Print one figure as one line of JSON."""
    print(json.dumps({"figure": figure, "value": round(value, 2), "unit": unit, **more}), flush=True)


def p95(milliseconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(milliseconds, n=20)[-1]


@asynccontextmanager
async def bare_carrier(*, callbacks: int = 0) -> AsyncIterator[str]:
    """The carrier of `bench.carrier`, as a process of its own; yields its address."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.carrier",
        *(str(port), str(LATENCY_MS), str(callbacks), DEFAULT_ACCOUNT_SID, DEFAULT_AUTH_TOKEN),
    )
    address = f"http://127.0.0.1:{port}"
    try:
        await _until_it_answers(address)
        yield address
    finally:
        process.kill()
        await process.wait()


async def _until_it_answers(address: str) -> None:
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{address}/counts"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def counts_of(city: City) -> dict[str, Any]:
    """What the bare carrier has seen."""
    async with city.http.get(f"{city.other_carrier}/counts") as answer:
        return dict(await answer.json())


@asynccontextmanager
async def stage(
    *, audience: int = 0, callbacks: int = 0, pace: float = UNLIMITED, processes: int = 2
) -> AsyncIterator[City]:
    """A whole installation of real processes on a durable PostgreSQL, with the bare carrier."""
    with tempfile.TemporaryDirectory(prefix="tb-bench-") as place:
        await asyncio.to_thread(make_template, Path(place))
        async with (
            bare_carrier(callbacks=callbacks) as address,
            running_city(
                Path(place), audience=audience, pace=pace, processes=processes, other_carrier=address
            ) as city,
        ):
            yield city
