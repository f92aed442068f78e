"""What the carrier must remember after a restart: one JSON line for each event, in the order they happened.

Lines are gathered and written each 100 ms, so that a create never waits for a disk; a kill loses at most
the last moment, as it does at a real carrier's edge.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from textbank.simulator.records import Message

_FLUSH_SECONDS = 0.1
_CONFIGURED = frozenset({"number", "service"})


class Journal:
    """An append-only file, or nothing at all when no path is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: list[str] = []
        self._file: IO[str] | None = None
        self._flusher: asyncio.Task[None] | None = None
        self._configured: dict[tuple[str, str], dict[str, Any]] = {}

    def entries(self) -> Iterator[dict[str, Any]]:
        """What an earlier run wrote. A torn last line, from a kill, is left out."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if entry["event"] in _CONFIGURED:
                    self._remember(entry)
                yield entry

    def open(self) -> None:
        """Begin to write; needs a running event loop."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        torn = _ends_in_a_torn_line(self._path)
        self._file = self._path.open("a", encoding="utf-8")
        if torn:
            self._file.write("\n")
        self._flusher = asyncio.create_task(self._flush_for_ever())

    async def close(self) -> None:
        """Write what is left."""
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        self._flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def created(self, message: Message) -> None:
        """A message exists."""
        if self._file is None:
            return
        self._append(
            {
                "event": "created",
                "seq": message.seq,
                "sid": message.sid,
                "account": message.account,
                "to": message.to,
                "sender": message.sender,
                "body": message.body,
                "direction": message.direction,
                "status": message.status,
                "at": message.created,
                "segments": message.segments,
                "service": message.service,
                "callback": message.callback,
                "media": message.media,
                "validity": message.validity,
                "due": message.due,
                "by_carrier": message.by_carrier,
            }
        )

    def changed(self, message: Message) -> None:
        """A message has a new status."""
        if self._file is None:
            return
        self._append(
            {
                "event": "changed",
                "account": message.account,
                "sid": message.sid,
                "status": message.status,
                "at": message.updated,
                "sent": message.sent,
                "code": message.error_code,
                "sender": message.sender,
                "segments": message.segments,
            }
        )

    def redacted(self, message: Message) -> None:
        """A message lost its body."""
        self._append({"event": "redacted", "account": message.account, "sid": message.sid})

    def deleted(self, message: Message) -> None:
        """A message is gone."""
        self._append({"event": "deleted", "account": message.account, "sid": message.sid})

    def opt_out(self, account: str, scope: str, phone: str, *, out: bool) -> None:
        """A supporter opted out, or in again."""
        self._append({"event": "opt_out", "account": account, "scope": scope, "phone": phone, "out": out})

    def configured(self, kind: str, account: str, settings: dict[str, Any]) -> None:
        """A number or a service got new settings."""
        entry = {"event": kind, "account": account, "settings": settings}
        self._remember(entry)
        self._append(entry)

    def cleared(self) -> None:
        """All traffic was forgotten: begin the file anew with what was configured by the API."""
        if self._file is None:
            return
        self._lines.clear()
        self._file.truncate(0)
        for entry in self._configured.values():
            self._append(entry)

    def _remember(self, entry: dict[str, Any]) -> None:
        named = entry["settings"].get("sid") or entry["settings"].get("e164")
        self._configured[entry["account"], named] = entry

    def _append(self, entry: dict[str, Any]) -> None:
        if self._file is not None:
            self._lines.append(json.dumps(entry, separators=(",", ":")))

    def _flush(self) -> None:
        if self._lines and self._file is not None:
            lines, self._lines = self._lines, []
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            self._flush()


def _ends_in_a_torn_line(path: Path) -> bool:
    """Whether a kill cut the last line short."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
