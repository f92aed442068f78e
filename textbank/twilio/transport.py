"""The HTTP transport under Twilio's SDK: aiohttp, with one rule of ours that nothing else here may break.

Not one byte of a text is written after its permit's deadline. Whoever opted out meanwhile, or after this
process was frozen and thawed, would be texted otherwise. So the clock is read with the connection in hand,
in the call that writes, and the write goes to the kernel at once. What the caller must know afterwards, a
`Call` records: whether the first byte was written, which divides "not sent" from "unknown".

The SDK's own async client is not used: it ignores its time-out (twilio 9.13, `AsyncTwilioHttpClient`).
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from yarl import URL

from textbank import clock

_KEEP_ALIVE_SECONDS = 15.0
"""Shorter than any load balancer's idle time-out, so that we seldom write into a connection being closed."""

_CONNECT_SECONDS = 5.0


class TooLate(Exception):
    """The deadline passed before the first byte; nothing was written."""


class Call:
    """One hand-over: what it must not outlive, and what became of it."""

    __slots__ = ("deadline", "written")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.written = False


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)
"""The hand-over that requests made in this context belong to. None: a question, which may be asked late."""


class PunctualRequest(ClientRequest):
    """A request that looks at the clock right before its first byte.

    aiohttp keeps the head until the first piece of the body and then writes both in one piece, from
    `write_bytes`, which may run an iteration of the event loop after the connection was found.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._call = current_call.get()

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        """Write head and body, or abort the connection if it is too late."""
        call = self._call
        if call is None:
            await super().write_bytes(writer, conn, content_length)
            return
        transport, protocol = conn.transport, conn.protocol
        if transport is None or protocol is None or transport.is_closing():
            # The server hung up between the pool and here: known not to be written.
            if protocol is not None:
                protocol.set_exception(aiohttp.ClientConnectionResetError("closed before the first byte"))
            return
        # Before 0.22 uvloop kept the bytes until the end of the loop's iteration, unless nothing was allowed
        # in its buffer. Newer ones, and asyncio, hand them to the kernel inside this call, TLS or not.
        transport.set_write_buffer_limits(high=0)
        if clock.boot_seconds() >= call.deadline:
            protocol.set_exception(TooLate("the permit ran out before the first byte"))
            transport.abort()
            return
        call.written = True
        await super().write_bytes(writer, conn, content_length)


class Transport(AsyncHttpClient):
    """The SDK's requests, over one pool of kept connections per process and account."""

    def __init__(
        self,
        authorization: str,
        *,
        timeout_seconds: float,
        connections: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(None, True, timeout_seconds)
        self._authorization = authorization
        self._tls = tls
        self._seconds = timeout_seconds
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (the SDK's signature)
        allow_redirects: bool = False,
    ) -> Response:
        """Make one request, once. Raises aiohttp's errors, TimeoutError and TooLate.

        `auth` is the account's name and token again on every request; the header was made once. Redirects
        are not followed: a text must not go where nobody checked that it may.
        """
        address = f"{uri}?{urlencode(params, doseq=True)}" if params else uri
        body = urlencode(data, doseq=True).encode() if data else None
        sent_headers = {**(headers or {}), "Authorization": self._authorization}
        session = self._session or self._opened()
        async with session.request(
            method,
            URL(address, encoded=True),
            data=body,
            headers=sent_headers,
            allow_redirects=False,
            timeout=self._patience(),
        ) as response:
            text = (await response.read()).decode("utf-8", "replace")
            return Response(response.status, text, response.headers)

    async def close(self) -> None:
        """Close the pool; a later request would open a new one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made where the event loop runs, because it belongs to that loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connections,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                ttl_dns_cache=300,
                ssl=self._tls or True,
            ),
            request_class=PunctualRequest,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self._session

    def _patience(self) -> aiohttp.ClientTimeout:
        """Time-outs of this request. Waiting for a connection ends with the permit.

        That spares a connection for a text that could not be written any more. It counts on a clock that
        stands still while the machine sleeps; the check before the first byte does not.
        """
        connect = min(_CONNECT_SECONDS, self._seconds)
        call = current_call.get()
        if call is not None:
            connect = min(connect, max(call.deadline - clock.boot_seconds(), 0.001))
        return aiohttp.ClientTimeout(total=self._seconds, connect=connect, sock_read=self._seconds)


def reason_of(error: BaseException) -> str:
    """An error as one line for a report, without the address called."""
    if isinstance(error, asyncio.TimeoutError):
        return "time-out"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or type(error.os_error).__name__}"
    return f"{type(error).__name__}: {error}"[:200]
