"""One thing the supervisor keeps running, in a thread of its own: start, watch, start again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

from textbank import clock
from textbank.errors import TextbankError

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
HEALTHY_AFTER = 10.0
"""Seconds a part must live before its next death counts as the first again."""
TRIES = 3
"""A part that dies this often in a row without ever having been well cannot start at all."""

_LOOK_EVERY = 0.1


class Running(Protocol):
    """What a launcher returns: `child.Child`, `RunningPostgres`, `RunningValkey`."""

    def poll(self) -> int | None:
        """None while it runs, else its exit code."""
        ...

    def stop(self) -> int:
        """End it within its bounds; its exit code."""
        ...


@dataclass(frozen=True)
class Part:
    """A name and how to start it. `launch` may block until it is ready; TextbankError says why not."""

    name: str
    launch: Callable[[], Running]


class PartRunner:
    """Keeps one part running until told to stop."""

    def __init__(self, part: Part, say: Callable[[str, str], None], give_up: Callable[[str], None]) -> None:
        self.part = part
        self._say = say
        self._give_up = give_up
        self._stopping = threading.Event()
        self._launching = threading.Lock()
        self._running: Running | None = None
        self._ever_well = False
        self._thread = threading.Thread(target=self._keep_running, name=part.name, daemon=True)

    def start(self) -> None:
        """Start it for the first time; raises what its launcher raises."""
        self._running = self.part.launch()
        self._thread.start()

    def is_well(self) -> None:
        """Whoever saw it answer says so: from now on it is started again however often it dies."""
        self._ever_well = True

    def stop(self) -> None:
        """End it, within the bounds of its own ending."""
        self._stopping.set()
        with self._launching:
            if self._running is not None:
                self._running.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        deaths = 0
        while self._running is not None:
            started = clock.monotonic()
            code = self._watch(self._running)
            if self._stopping.is_set():
                return
            self._running.stop()  # it is dead: this lets go of its pipes
            if clock.monotonic() - started >= HEALTHY_AFTER:
                self._ever_well = True
                pause, deaths = FIRST_PAUSE, 0
            deaths += 1
            if deaths >= TRIES and not self._ever_well:
                self._give_up(
                    f"{self.part.name} ended {deaths} times (exit code {code}) and was never ready."
                )
                return
            self._running = None
            while self._running is None:
                self._say(self.part.name, f"ended with exit code {code}; starting again in {pause:.1f} s")
                if self._stopping.wait(pause):
                    return
                pause = min(LONGEST_PAUSE, pause * 2)
                self._launch_again()

    def _launch_again(self) -> None:
        with self._launching:
            if self._stopping.is_set():
                return
            try:
                self._running = self.part.launch()
            except (TextbankError, OSError) as error:
                self._say(self.part.name, str(error))

    def _watch(self, running: Running) -> int:
        """Pass its lines on until it ends."""
        output: IO[bytes] | None = getattr(running, "output", None)
        if output is not None:
            try:
                for line in output:
                    self._say(self.part.name, line.decode(errors="replace").rstrip("\r\n"))
            except ValueError:  # closed under our hands by `stop`
                pass
        while (code := running.poll()) is None:
            if self._stopping.wait(_LOOK_EVERY) and running.poll() is None:
                return 0
        return code
