"""The little of HTTP that this carrier needs, straight on ASGI: a framework would halve its pace."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LARGEST_BODY = 1_000_000


class Cut(Exception):
    """The connection is to be reset instead of answered."""


class BadBody(Exception):
    """The request's body is too large or not what its address takes."""


@dataclass(slots=True)
class Answer:
    """A complete answer."""

    status: int
    body: bytes = b""
    content_type: bytes = b"application/json"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


@dataclass(slots=True)
class Stream:
    """An answer sent piece by piece."""

    pieces: AsyncGenerator[bytes, None]
    content_type: bytes


class Request:
    """One request, read on demand."""

    __slots__ = ("_receive", "method", "path", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self._receive = receive

    def header(self, name: bytes) -> str:
        """A header's value, or nothing; `name` in lower case."""
        for key, value in self.scope["headers"]:
            if key == name:
                return bytes(value).decode("latin-1")
        return ""

    def query(self) -> dict[str, str]:
        """The query; of a repeated name, the last value."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True))

    async def body(self) -> bytes:
        """The whole body. Raises BadBody if it is larger than any of ours."""
        event = await self._receive()
        if not event.get("more_body"):
            return bytes(event.get("body", b""))
        parts = [event["body"]]
        size = len(parts[0])
        while event.get("more_body"):
            event = await self._receive()
            parts.append(event.get("body", b""))
            size += len(parts[-1])
            if size > _LARGEST_BODY:
                raise BadBody("The body is larger than a megabyte; nothing was kept.")
        return b"".join(parts)

    async def form(self) -> list[tuple[str, str]]:
        """The fields of a form post, in order."""
        text = (await self.body()).decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True)

    async def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; nothing at all counts as an empty one. Raises BadBody."""
        try:
            value = json.loads(await self.body() or b"{}")
        except ValueError as error:
            raise BadBody("The body is not JSON; nothing was changed.") from error
        if not isinstance(value, dict):
            raise BadBody("The body must be a JSON object; nothing was changed.")
        return value

    async def disconnected(self) -> None:
        """Return once the caller is gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def json_answer(value: object, status: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(value, separators=(",", ":")).encode())


def problem(status: int, message: str) -> Answer:
    """A refusal by our own addresses (not Twilio's): what happened and what was kept."""
    return json_answer({"error": message}, status)


async def send_answer(answer: Answer, send: Send) -> None:
    """Write a complete answer."""
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def send_stream(stream: Stream, request: Request, send: Send) -> None:
    """Write an answer piece by piece, as long as somebody reads it."""
    headers = [(b"content-type", stream.content_type), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(request.disconnected())
    try:
        async with aclosing(stream.pieces) as pieces:
            async for piece in pieces:
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


def reset_connection(send: Send) -> None:
    """Reset the TCP connection under a request.

    ASGI has no word for this. uvicorn's `send` is a bound method of an object that knows the transport;
    under another server the caller raises instead, which most servers answer with a 500.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise Cut
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # Lingering for zero seconds makes the kernel send RST rather than an orderly FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
