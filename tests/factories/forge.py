"""Starts parts without the second that each takes to read its code: forked from a process that has read it.

They are the real thing otherwise: processes of their own below a keeper, a command line, an environment,
signals. Where no forge is lit (`make bench`, a Mac) they are started by the command itself.
"""

import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from textbank.embedded import child
from textbank.embedded.child import Child, Ending
from textbank.embedded.keeper import Order

ROOT = Path(__file__).parents[2]
AT_ONCE = Ending(first=9, grace=1.0, settle=0.2)
"""Parts of a test are ended without a farewell: what they would still do is nobody's concern."""


class _Keeper:
    """A forked part's keeper. It is no child of ours: its end is told through a pipe."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes] | None, told: IO[bytes]) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self._told = told
        self._code: int | None = None
        self.pid = int(told.readline() or 0)
        self.part = int(told.readline() or 0)

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0.0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forged part", timeout or 0.0)
            self._code = int(self._told.readline() or -9)
            self._told.close()
        return self._code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)


class Forge:
    """Forks parts. It ends with us, however we end, and all that it forked with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: Child | None = None
        self._asks, self._asked = socket.socketpair()

    def start(self, order: Order, cwd: Path) -> Child:
        """Fork a part below a keeper of its own; it runs `python -m …` or `python FILE …`."""
        stop_read, stop_write = os.pipe()
        told_read, told_write = os.pipe()
        output = os.pipe() if order.log is None else None
        theirs = [stop_read, told_write, *([output[1]] if output else [])]
        with self._lock:
            if self._process is None:
                self._process = self._light()
            line = json.dumps({"order": asdict(order), "cwd": str(cwd)}).encode() + b"\n"
            socket.send_fds(self._asks, [line], theirs)
        for end in theirs:
            os.close(end)
        keeper = _Keeper(
            os.fdopen(stop_write, "wb"),
            os.fdopen(output[0], "rb") if output else None,
            os.fdopen(told_read, "rb", buffering=0),
        )
        if not keeper.part:
            raise OSError(f"the forge did not start {order.argv}")
        return Child(
            keeper, keeper.part, Ending(order.stop_signal, order.last_signal, order.grace, order.settle)
        )

    def _light(self) -> Child:
        try:
            return child.start(
                [sys.executable, "-m", "tests.factories.forge_process", str(self._asked.fileno())],
                environment={"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
                ending=AT_ONCE,
                keep_open=[self._asked.fileno()],
                cwd=ROOT,
            )
        finally:
            self._asked.close()

    def put_out(self) -> None:
        """End it."""
        self._asks.close()
        self._asked.close()
        if self._process is not None:
            self._process.stop()


_forges: list[Forge] = []


@contextmanager
def lit() -> Iterator[None]:
    """Let parts be forked here. The process that forks them is made when the first is asked for."""
    if sys.platform != "linux":  # a Mac's own libraries bear no fork
        yield
        return
    _forges.append(Forge())
    try:
        yield
    finally:
        _forges.pop().put_out()


def start(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    ending: Ending = AT_ONCE,
    log: Path | None = None,
    cwd: Path = ROOT,
) -> Child:
    """As `child.start`, from the forge if one is lit; without a log, `Child.output` is what is said."""
    if not _forges:
        return child.start(
            argv, environment=environment, ending=ending, log=log, cwd=cwd, pipe_output=log is None
        )
    return _forges[-1].start(_order(argv, os.environ | dict(environment), ending, log), cwd)


def run(
    *words: str, environment: Mapping[str, str], cwd: Path = ROOT, seconds: float = 100.0
) -> tuple[int, str]:
    """A command of `textbank` with exactly this environment: its exit code, and all that it said.

    What a test wants to see start by itself it starts itself.
    """
    argv = [sys.executable, "-m", "textbank.cli", *words]
    given = {"PYTHONPATH": str(ROOT), **environment}
    ending = Ending(settle=10.0)
    if _forges:
        command = _forges[-1].start(_order(argv, given, ending, None), cwd)
    else:
        others = [name for name in os.environ if name not in given]
        command = child.start(argv, environment=given, unset=others, ending=ending, cwd=cwd, pipe_output=True)
    assert command.output is not None
    late = threading.Timer(seconds, command.ask_to_stop)
    late.start()
    try:
        said = command.output.read().decode()
        return command.wait(), said
    finally:
        late.cancel()
        command.stop()


def _order(argv: Sequence[str], environment: dict[str, str], ending: Ending, log: Path | None) -> Order:
    return Order(
        argv=list(argv),
        parent=0,  # the forge, and the pipe that it reports on: known there
        report=-1,
        stop_signal=ending.first,
        last_signal=ending.last,
        grace=ending.grace,
        settle=ending.settle,
        environment=environment,
        unset=[],
        log=str(log) if log else None,
        log_limit=child.LOG_LIMIT,
        outlive=-1,
        map_user=None,
    )
