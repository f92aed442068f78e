"""A carrier that does as little as one can: it takes each text after a set time, and calls back twice.

The simulator stores, paces and misbehaves, and would itself be what is measured. Run as a process of its own:
`python -m bench.carrier PORT LATENCY_MS CALLBACKS ACCOUNT TOKEN`; `GET /counts` tells what it has taken,
`GET /first_to` when it took the first text to each phone.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

import uvloop

from tests.factories.line import Line, content_length

CALLERS = 32
"""Connections that callbacks are made over."""

_numbers = count(1)


class Books:
    """What the carrier has seen."""

    def __init__(self, latency: float, statuses: tuple[str, ...], account: str, token: str) -> None:
        self.latency = latency
        self.account = account
        self.statuses = statuses
        self.token = token.encode()
        self.taken_at: list[float] = []
        self.to: dict[str, int] = {}
        self.first_to: dict[str, float] = {}
        self.called_back = 0
        self.refused_callbacks = 0
        self.waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    def take(self, form: dict[str, str]) -> bytes:
        """Take a text; returns the answer's body."""
        sid = f"SM{next(_numbers):032x}"
        to = form["To"]
        now = time.time()
        self.taken_at.append(now)
        self.to[to] = self.to.get(to, 0) + 1
        self.first_to.setdefault(to, now)
        for status in self.statuses:
            self.waiting.put_nowait((form["StatusCallback"], self._callback(form, sid, status)))
        told = {"sid": sid, "status": "queued", "from": form.get("From"), "num_segments": "1"}
        return json.dumps(told).encode()

    def _callback(self, form: dict[str, str], sid: str, status: str) -> bytes:
        fields = {
            "AccountSid": self.account,
            "From": form.get("From", ""),
            "MessageSid": sid,
            "MessageStatus": status,
            "To": form["To"],
        }
        return signed_post(form["StatusCallback"], fields, self.token)

    def counts(self) -> dict[str, object]:
        """For `GET /counts`."""
        return {
            "taken": len(self.taken_at),
            "most_to_one_phone": max(self.to.values(), default=0),
            "phones": len(self.to),
            "first_at": self.taken_at[0] if self.taken_at else None,
            "last_at": self.taken_at[-1] if self.taken_at else None,
            # Without the start and the end, when not every worker is at it.
            "tenth_at": self.taken_at[len(self.taken_at) // 10] if self.taken_at else None,
            "ninetieth_at": self.taken_at[len(self.taken_at) * 9 // 10] if self.taken_at else None,
            "called_back": self.called_back,
            "refused_callbacks": self.refused_callbacks,
            "callbacks_waiting": self.waiting.qsize(),
        }


def signed_post(address: str, fields: dict[str, str], token: bytes) -> bytes:
    """A webhook as Twilio signs it, as the bytes of a request."""
    address = urldefrag(address).url  # what follows # is for the carrier, and not signed
    parts = urlsplit(address)
    vouched = address + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.new(token, vouched.encode(), hashlib.sha1).digest()).decode()
    body = urlencode(fields)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Connection(asyncio.Protocol):
    """One client's connection. Requests of one connection are answered in their order."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end]
            length = content_length(head)
            if len(self._held) < end + 4 + length:
                return
            body = self._held[end + 4 : end + 4 + length]
            self._held = self._held[end + 4 + length :]
            if head.startswith(b"POST"):
                loop = asyncio.get_running_loop()
                loop.call_later(self._books.latency, self._take, dict(parse_qsl(body.decode())))
            else:
                self._answer(b"200 OK", json.dumps(self._told(head)).encode())

    def _told(self, head: bytes) -> dict[str, Any]:
        if head.startswith(b"GET /counts "):
            return self._books.counts()
        if head.startswith(b"GET /first_to "):
            return self._books.first_to
        return {"messages": []}

    def _take(self, form: dict[str, str]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._answer(b"201 Created", self._books.take(form))

    def _answer(self, status: bytes, body: bytes) -> None:
        if self._transport is not None:
            head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % (status, len(body)) + body)


async def _call_back(books: Books) -> None:
    """One caller: makes callbacks one after the other, and each until it is taken."""
    line: Line | None = None
    while True:
        address, request = await books.waiting.get()
        parts = urlsplit(address)
        line = line or Line(str(parts.hostname), parts.port or 80)
        while True:
            try:
                status, _ = await line.ask(request)
                break
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.1)
        books.called_back += 1
        books.refused_callbacks += status >= 300


async def main(port: int, latency_ms: float, callbacks: int, account: str, token: str) -> None:
    """Serve until killed."""
    books = Books(latency_ms / 1000, ("sent", "delivered")[:callbacks], account, token)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(books), "127.0.0.1", port)
    callers = [asyncio.create_task(_call_back(books)) for _ in range(CALLERS if callbacks else 0)]
    async with server:
        await server.serve_forever()
    for caller in callers:
        caller.cancel()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]))
