"""Start a program that dies with us, however we die: see `keeper`, which stands in between."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import IO, Protocol

from textbank.embedded.keeper import CANNOT_RUN, STOP, Order

LOG_LIMIT = 5_000_000
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
# Without site-packages and without the caller's PYTHON* variables: the keeper starts fast, anywhere.
_KEEPER = "import sys; sys.path.insert(0, sys.argv[1]); from textbank.embedded.keeper import main; main()"


@dataclass(frozen=True)
class Ending:
    """How a child is ended: `first`, after `grace` seconds `last`, then SIGKILL."""

    first: int = SIGTERM
    last: int = SIGKILL
    grace: float = 10.0
    settle: float = 1.0
    """Seconds for processes that the child left behind to end by themselves."""


class KeeperProcess(Protocol):
    """A running keeper; `subprocess.Popen` is one."""

    pid: int
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


class Child:
    """A running program, reached through its keeper."""

    def __init__(self, keeper: KeeperProcess, pid: int, ending: Ending) -> None:
        self._keeper = keeper
        self._ending = ending
        self.pid = pid
        """The program's own process id."""

    @property
    def keeper_pid(self) -> int:
        """The process id of the keeper in between."""
        return self._keeper.pid

    @property
    def output(self) -> IO[bytes] | None:
        """The program's standard output and error, if `start` was asked to pipe them."""
        return self._keeper.stdout

    def poll(self) -> int | None:
        """The exit code (128 and the signal, if one ended it) once nothing of the program is left."""
        return self._keeper.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Like `poll`, waiting. Raises subprocess.TimeoutExpired."""
        return self._keeper.wait(timeout)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._keeper.send_signal(number)

    def ask_to_stop(self) -> None:
        """Begin the ending; returns at once."""
        if self._keeper.stdin is not None:
            with suppress(BrokenPipeError, ValueError):  # dead already, or asked before
                self._keeper.stdin.write(STOP)
                self._keeper.stdin.close()

    def stop(self) -> int:
        """End the program within the bounds of its `Ending`; its exit code."""
        self.ask_to_stop()
        ending = self._ending
        try:
            code = self._keeper.wait(ending.grace + ending.settle + 8.0)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            code = self._keeper.wait()
        if self._keeper.stdout is not None and not self._keeper.stdout.closed:
            self._keeper.stdout.close()
        return code


def start(
    argv: Sequence[str],
    *,
    ending: Ending | None = None,
    environment: Mapping[str, str] | None = None,
    unset: Sequence[str] = (),
    log: Path | None = None,
    log_limit: int = LOG_LIMIT,
    map_user: int | None = None,
    pipe_output: bool = False,
    keep_open: Sequence[int] = (),
    outlive: int | None = None,
    cwd: Path | None = None,
) -> Child:
    """Run `argv` with our environment plus `environment` minus `unset`.

    Output goes to `log` (bounded), into `Child.output`, or where ours goes. `keep_open` are file
    descriptors that stay open as long as any process of the program lives (a lock). `outlive` is the read
    end of a pipe: should we die, the program goes on until nobody holds its other end. Raises OSError if
    no process can be made.
    """
    ending = ending or Ending()
    report_read, report_write = os.pipe()
    order = Order(
        argv=list(argv),
        parent=os.getpid(),
        report=report_write,
        stop_signal=ending.first,
        last_signal=ending.last,
        grace=ending.grace,
        settle=ending.settle,
        environment=dict(environment or {}),
        unset=list(unset),
        log=str(log) if log else None,
        log_limit=log_limit,
        outlive=-1 if outlive is None else outlive,
        map_user=map_user,
    )
    output = subprocess.PIPE if pipe_output else None
    try:
        keeper = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", "-c", _KEEPER, _PACKAGE_ROOT],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if pipe_output else None,
            pass_fds=(report_write, *keep_open, *([] if outlive is None else [outlive])),
            start_new_session=True,  # a Ctrl-C in the terminal is for us alone
            cwd=cwd,
        )
    finally:
        os.close(report_write)
    assert keeper.stdin is not None  # noqa: S101
    with suppress(BrokenPipeError):
        keeper.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        keeper.stdin.flush()
    with os.fdopen(report_read, "rb") as report:
        line = report.readline()
    if not line:
        keeper.stdin.close()
        code = keeper.wait()
        raise OSError(f"the process that keeps {argv[0]} ended with code {code} before starting it")
    return Child(keeper, int(line), ending)


__all__ = ["CANNOT_RUN", "Child", "Ending", "start"]
