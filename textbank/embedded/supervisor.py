"""Run the parts of Textbank on one machine in one foreground process, and leave nothing behind.

Each part is a child with a keeper (see `keeper`), out of reach of the terminal's Ctrl-C: a signal ends
the supervisor, and the supervisor ends the parts in the reverse order of their start. Killed outright, it
cannot do that, and the keepers do.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self, TextIO

from textbank import clock
from textbank.embedded import child
from textbank.embedded.child import Child, Ending
from textbank.embedded.part import Part, PartRunner
from textbank.errors import Unavailable

_COLOURS = (36, 35, 33, 32, 34, 31)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody asked us to stop while we were still starting."""


def program(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    ending: Ending,
    keep_open: Sequence[int] = (),
) -> Callable[[], Child]:
    """A launcher of a program whose lines are shown under the part's name."""

    def launch() -> Child:
        return child.start(
            argv, environment=environment, ending=ending, pipe_output=True, keep_open=keep_open
        )

    return launch


class Supervisor:
    """Use as a context: on leaving it, whatever the reason, every part is ended."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._out_lock = threading.Lock()
        self._runners: list[PartRunner] = []
        self._news = threading.Event()
        self._asked = 0
        self._failure = ""
        self._before: dict[int, object] = {}
        self.users_end, self.users = os.pipe()
        """A pipe whose writing end, `users`, the parts keep open and whose other end the servers watch
        once we are dead, so that even then the servers end last."""

    def __enter__(self) -> Self:
        for each in _SIGNALS:
            self._before[each] = signal.signal(each, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        os.close(self.users_end)
        os.close(self.users)
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]

    def start(self, part: Part) -> PartRunner:
        """Start a part. Raises what its launcher raises."""
        self._look()
        runner = PartRunner(part, self.say, self._fail)
        runner.start()
        self._runners.append(runner)
        return runner

    def run_once(self, name: str, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run a program to its end. Raises Unavailable if it fails; its lines have said why."""
        process = program(argv, environment=environment, ending=Ending(grace=5.0))()
        reader = threading.Thread(target=self._pass_on, args=(name, process), daemon=True)
        reader.start()
        try:
            while process.poll() is None:
                self._news.wait(0.05)
                self._look()
            reader.join(timeout=5)
        finally:
            code = process.stop()
        if code != 0:
            raise Unavailable(f"{name} failed with exit code {code}; the lines above say why.")

    def wait_until(self, ready: Callable[[], bool], *, what: str, timeout: float) -> None:
        """Wait for `ready`. Raises Unavailable when a part gives up or the time is over."""
        deadline = clock.monotonic() + timeout
        while not ready():
            self._look()
            if clock.monotonic() > deadline:
                raise Unavailable(f"{what} was not ready within {timeout:.0f} s.")
            self._news.wait(0.1)

    def wait(self) -> None:
        """Wait until somebody asks us to stop. Raises Unavailable when a part gives up."""
        with suppress(Interrupted):
            while True:
                self._news.wait()
                self._look()

    def stop(self) -> None:
        """End all parts, the last started first. A second Ctrl-C meanwhile leaves it to the keepers."""
        while self._runners:
            self._runners.pop().stop()

    def say(self, name: str, line: str) -> None:
        """Show a line under a part's name; empty ones, of banners, are left out."""
        if not line.strip():
            return
        label = f"{name:<9}|"
        if self._out.isatty():
            label = f"\x1b[{_COLOURS[sum(map(ord, name)) % len(_COLOURS)]}m{label}\x1b[0m"
        # Nobody reads any more (`| head`): the parts run on all the same.
        with self._out_lock, suppress(BrokenPipeError, ValueError):
            self._out.write(f"{label} {line}\n")
            self._out.flush()

    def _pass_on(self, name: str, process: Child) -> None:
        if process.output is not None:
            with suppress(ValueError):
                for line in process.output:
                    self.say(name, line.decode(errors="replace").rstrip("\r\n"))

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._asked += 1
        self._news.set()
        if self._asked > 2:
            # Patience is over. The keepers notice that we are gone and end the parts.
            sys.stderr.write("Stopping at once; the parts end in the background.\n")
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def _fail(self, message: str) -> None:
        self._failure = message
        self._news.set()

    def _look(self) -> None:
        if self._failure:
            raise Unavailable(f"{self._failure} Everything was stopped; the lines above say why.")
        if self._asked:
            raise Interrupted
