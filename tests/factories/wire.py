"""A test's end of a fault proxy: starts it, tells it what to do, reads its log."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.factories import forge
from textbank.embedded.child import Child

_PROXY = Path(__file__).with_name("fault_proxy.py")


class Wire:
    """One running proxy. `port` is where calls go in, `relay_port` where the slowed stream does."""

    def __init__(self, process: Child, ports: dict[str, int]) -> None:
        self.process = process
        self.port = ports["carrier"]
        self.relay_port = ports["relay"]
        self._control_port = ports["control"]
        self._control: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._asking = asyncio.Lock()

    async def ask(self, what: str, **given: object) -> Any:
        """Ask the proxy something; see `fault_proxy.Control`."""
        async with self._asking:
            if self._control is None:
                self._control = await asyncio.open_connection("127.0.0.1", self._control_port, limit=2**28)
            reader, writer = self._control
            writer.write(json.dumps({"what": what, **given}).encode() + b"\n")
            return json.loads(await reader.readline())

    async def log(self) -> list[dict[str, Any]]:
        """Every POST that came in, in order; see `fault_proxy.Seen`."""
        return [seen for seen in await self.ask("log") if seen["method"] == "POST"]

    async def under_way(self) -> list[dict[str, Any]]:
        """POSTs whose first byte was written and that have no answer yet."""
        return list(await self.ask("under_way"))

    async def fault(self, kind: str, count: int, seconds: float = 0.0) -> None:
        """Let the next `count` POSTs meet this fault, and wait until they have."""
        await self.ask("fault", kind=kind, count=count, seconds=seconds)
        async with asyncio.timeout(60):
            while True:
                if not await self.ask("fault_left"):
                    return
                await asyncio.sleep(0.02)

    def close(self) -> None:
        """End it."""
        if self._control is not None:
            self._control[1].close()
        self.process.stop()


async def start_wire(upstream: int, relayed: int = 0) -> Wire:
    """Start a proxy in front of a port on loopback, and a relay in front of another."""
    process = await asyncio.to_thread(
        forge.start,
        [sys.executable, str(_PROXY), str(upstream), str(relayed)],
        environment={},
    )
    assert process.output is not None
    return Wire(process, json.loads(await asyncio.to_thread(process.output.readline)))


def ports_of(pid: int) -> set[int]:
    """The local TCP ports of a process's connections."""
    inodes = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                name = str(entry.readlink())
                if name.startswith("socket:["):
                    inodes.add(name[8:-1])
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return {int(each[1].rpartition(":")[2], 16) for each in fields if each[9] in inodes}
