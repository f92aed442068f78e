"""A proxy between our workers and a carrier that delays, cuts, refuses and swallows, and keeps a log.

It runs in a process of its own (`python fault_proxy.py UPSTREAM_PORT`), so that neither the test nor the
load distorts what it sees. It reads just enough HTTP/1.1 to tell one request of a kept connection from the
next, and notes for each when its *first byte* came, on the wall clock and on the clock that counts
suspended time: that byte is what our promises mean by "handed over".

A second kind, the relay, passes any TCP stream on, each piece late by a set time: a slow database.
"""

import asyncio
import json
import logging
import random
import re
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)\s*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked\s*\r\n", re.IGNORECASE)
LONGEST_SWALLOW = 60


@dataclass
class Seen:
    """One request of a worker, as the wire showed it."""

    number: int
    port: int
    """The worker's own port, by which its process can be found."""
    first_byte_at: float
    """Wall clock."""
    first_byte_boot: float
    method: str = ""
    path: str = ""
    to: str = ""
    from_: str = ""
    body: str = ""
    message_id: int = 0
    attempt_id: int = 0
    fault: str = ""
    forwarded: bool = False
    """Written to the carrier completely."""
    answered_at: float = 0.0
    status: int = 0
    ended: bool = False


@dataclass
class Fault:
    """What happens to the next `count` creates (to all, where it is negative)."""

    kind: str = "pass"
    """pass, delay, cut_before, cut_after, black_hole"""
    count: int = 0
    seconds: float = 0.0


@dataclass
class Relaying:
    """A relay passes each piece on up to so many seconds late."""

    upstream: int
    seconds: float = 0.0


class _TimedReader(asyncio.StreamReaderProtocol):
    """Notes when the first bytes arrived since it was last asked."""

    first: tuple[float, float] | None = None

    def data_received(self, data: bytes) -> None:
        if self.first is None:
            self.first = (time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))
        super().data_received(data)


def abort(writer: asyncio.StreamWriter) -> None:
    """Reset a connection: RST, not FIN."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class CarrierProxy:
    """The HTTP side."""

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.log: list[Seen] = []
        self.fault = Fault()
        self._server: asyncio.Server | None = None
        self._idle: set[asyncio.StreamWriter] = set()

    async def listen(self, port: int = 0) -> None:
        """Accept connections; the port stays the same ever after."""
        loop = asyncio.get_running_loop()

        def make() -> _TimedReader:
            reader = asyncio.StreamReader(limit=2**20)
            protocol = _TimedReader(reader, lambda r, w: self._serve(r, w, protocol))
            return protocol

        self._server = await loop.create_server(make, "127.0.0.1", port, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Be a machine where nobody listens; what is under way goes on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._idle):
            abort(writer)

    async def accept(self) -> None:
        """Listen again."""
        if self._server is None:
            await self.listen(self.port)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, protocol: _TimedReader
    ) -> None:
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while True:
                self._idle.add(writer)
                piece = await reader.read(65_536)
                self._idle.discard(writer)
                if not piece:
                    return
                wall, boot = protocol.first or (time.time(), time.clock_gettime(time.CLOCK_BOOTTIME))
                seen = Seen(len(self.log), writer.get_extra_info("peername")[1], wall, boot)
                self.log.append(seen)
                try:
                    request = await _rest_of(reader, piece)
                    protocol.first = None
                    _understand(seen, request)
                    if upstream is None or upstream[1].is_closing() or upstream[0].at_eof():
                        upstream = await asyncio.open_connection("127.0.0.1", self.upstream, limit=2**20)
                    if not await self._exchange(seen, request, upstream, writer):
                        return
                finally:
                    seen.ended = True
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            abort(writer)
        finally:
            self._idle.discard(writer)
            for each in (writer, upstream[1] if upstream else None):
                if each is not None:
                    each.close()

    async def _exchange(
        self,
        seen: Seen,
        request: bytes,
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Pass one request on as the fault of the moment says; whether the connection lives on."""
        fault = self._take_fault(seen)
        seen.fault = fault.kind
        if fault.kind == "cut_before":
            abort(writer)
            return False
        if fault.kind == "black_hole":
            for _ in range(LONGEST_SWALLOW * 10):
                if writer.is_closing():
                    break
                await asyncio.sleep(0.1)
            abort(writer)
            return False
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        upstream[1].write(request)
        await upstream[1].drain()
        seen.forwarded = True
        answer = await _rest_of(upstream[0], await _some(upstream[0]))
        seen.answered_at = time.time()
        seen.status = int(answer.split(b" ", 2)[1])
        if fault.kind == "cut_after":
            abort(writer)
            return False
        writer.write(answer)
        await writer.drain()
        return True

    def _take_fault(self, seen: Seen) -> Fault:
        fault = self.fault
        if seen.method != "POST" or fault.count == 0:
            return Fault()
        fault.count -= 1
        return Fault(fault.kind, 1, fault.seconds)


async def _some(reader: asyncio.StreamReader) -> bytes:
    piece = await reader.read(65_536)
    if not piece:
        raise asyncio.IncompleteReadError(b"", None)
    return piece


async def _rest_of(reader: asyncio.StreamReader, start: bytes) -> bytes:
    """One whole HTTP message that begins with `start`."""
    data = start
    while b"\r\n\r\n" not in data:
        data += await _some(reader)
    head, _, body = data.partition(b"\r\n\r\n")
    if _CHUNKED.search(head + b"\r\n"):
        while not data.endswith(b"0\r\n\r\n"):
            data += await _some(reader)
        return data
    length = _LENGTH.search(head + b"\r\n")
    missing = (int(length.group(1)) if length else 0) - len(body)
    return data + (await reader.readexactly(missing) if missing > 0 else b"")


def _understand(seen: Seen, request: bytes) -> None:
    head, _, body = request.partition(b"\r\n\r\n")
    seen.method, seen.path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    if seen.method != "POST":
        return
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    seen.to, seen.from_, seen.body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    asked = parse_qs(urlsplit(form.get("StatusCallback", "")).query)
    seen.message_id = int(asked.get("m", ["0"])[0])
    seen.attempt_id = int(asked.get("a", ["0"])[0])


class Relay:
    """The plain side: any stream, passed on piece by piece."""

    def __init__(self, relaying: Relaying) -> None:
        self.relaying = relaying
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> int:
        """Reset every stream; returns how many there were."""
        cut = [writer for writer in self._open if not writer.is_closing()]
        for writer in cut:
            abort(writer)
        return len(cut)

    async def listen(self) -> None:
        """Accept connections on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.relaying.upstream)
        except OSError:
            abort(writer)
            return
        self._open |= {writer, back}
        async with asyncio.TaskGroup() as streams:
            streams.create_task(self._copy(reader, back))
            streams.create_task(self._copy(there, writer))
        self._open -= {writer, back}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                late = self.relaying.seconds
                if late:
                    await asyncio.sleep(random.uniform(0, late))
                writer.write(piece)
                await writer.drain()
        writer.close()


class Control:
    """What the test asks: one JSON object a line, one JSON answer."""

    def __init__(self, carrier: CarrierProxy, relay: Relay | None) -> None:
        self._carrier = carrier
        self._relay = relay

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the test hangs up."""
        while line := await reader.readline():
            writer.write(json.dumps(await self._do(**json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _do(self, what: str, **given: Any) -> Any:
        carrier = self._carrier
        match what:
            case "fault":
                carrier.fault = Fault(**given)
            case "fault_left":
                return carrier.fault.count
            case "refuse":
                await carrier.refuse()
            case "accept":
                await carrier.accept()
            case "slow" if self._relay is not None:
                self._relay.relaying.seconds = given["seconds"]
            case "cut" if self._relay is not None:
                return self._relay.cut()
            case "under_way":
                return [asdict(seen) for seen in carrier.log if not seen.ended and seen.method == "POST"]
            case "log":
                return [asdict(seen) for seen in carrier.log]
        return True


async def _main(upstream: int, relayed: int) -> None:
    # Nobody reads what is said of streams that were torn on purpose, and a full pipe would stop everything.
    logging.disable()
    carrier = CarrierProxy(upstream)
    await carrier.listen()
    relay = None
    if relayed:
        relay = Relay(Relaying(relayed))
        await relay.listen()
    control = Control(carrier, relay)
    server = await asyncio.start_server(control.serve, "127.0.0.1", 0, limit=2**20)
    ports = {
        "carrier": carrier.port,
        "relay": relay.port if relay else 0,
        "control": server.sockets[0].getsockname()[1],
    }
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
