"""One kept HTTP connection, as bytes: what asks must not cost more than what answers."""

import asyncio


def content_length(head: bytes) -> int:
    """The length of the body that follows these headers."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


class Line:
    """Made once and kept; opened again where the server has hung up in between."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Make one request; returns the answer's status and body. It must be harmless to repeat."""
        kept = self._open is not None
        try:
            return await self._ask(request)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            if not kept:
                raise
            return await self._ask(request)

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        if self._open is None:
            self._open = await asyncio.open_connection(*self._address)
        reader, writer = self._open
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = content_length(head[:-4])
        return int(head[9:12]), await reader.readexactly(length) if length else b""
