"""A terminal with a scripted person at it, and what stood on it."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Terminal:
    """Runs a command on a terminal of its own; `answer` waits for a question and types."""

    def __init__(self, words: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> None:
        self._ours, theirs = os.openpty()
        os.set_blocking(self._ours, False)
        self._process = subprocess.Popen(
            words,
            cwd=cwd,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._seen = ""
        self._read_to = 0

    async def answer(self, question: str, words: str, *, seconds: float = 100.0) -> None:
        """Wait until the question stands there, then type the words and return."""
        await self.wait_for(question, seconds=seconds)
        async with asyncio.timeout(seconds):
            # Its last space comes by itself; what is typed before would stand in front of it.
            while not self._seen.endswith(": "):
                self._read()
                assert self._process.poll() is None, self._seen
                await asyncio.sleep(0.02)
        os.write(self._ours, f"{words}\n".encode())

    async def wait_for(self, words: str, *, seconds: float = 100.0) -> None:
        """Wait until these words stand on the terminal, after those that were waited for before."""
        async with asyncio.timeout(seconds):
            while (at := self._seen.find(words, self._read_to)) < 0:
                self._read()
                assert self._process.poll() is None or words in self._seen[self._read_to :], self._seen
                await asyncio.sleep(0.02)
        self._read_to = at + len(words)

    async def ended(self, *, seconds: float = 100.0) -> int:
        """Wait until it ends; its exit code."""
        async with asyncio.timeout(seconds):
            while self._process.poll() is None:
                self._read()
                await asyncio.sleep(0.02)
        self._read()
        return int(self._process.returncode)

    def close(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(90)
        os.close(self._ours)

    @property
    def text(self) -> str:
        """Everything that stood there, without colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._seen).replace("\r", "")

    def _read(self) -> None:
        try:
            while chunk := os.read(self._ours, 65536):
                self._seen += chunk.decode(errors="replace")
        except (BlockingIOError, OSError):
            return
