"""One runner for one data directory, by a lock the kernel drops when its last holder dies."""

import fcntl
import json
import os
from pathlib import Path
from time import sleep

from textbank import clock
from textbank.errors import Conflict

_FILE = "lock"


class Lock:
    """A held lock. `file` may be passed on to a process that is to hold it after us."""

    def __init__(self, file: int) -> None:
        self.file = file

    def release(self) -> None:
        """Let go, here; a process it was passed on to still holds it."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


def hold(directory: Path, what: str, *, patience: float = 20.0) -> Lock:
    """Lock `directory` for `what` ("textbank up").

    A holder whose starter is dead is on its way out and is waited for, up to `patience` seconds.
    Raises Conflict, naming the runner, if somebody else runs it.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(directory / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = clock.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            runner = _runner(directory)
            if _is_alive_and_other(runner) or clock.monotonic() > deadline:
                os.close(file)
                raise Conflict(_refusal(directory, runner)) from None
            sleep(0.05)
        else:
            break
    note = {"pid": os.getpid(), "what": what, "since": clock.now().isoformat(timespec="seconds")}
    os.ftruncate(file, 0)
    os.pwrite(file, json.dumps(note).encode(), 0)
    return Lock(file)


def _runner(directory: Path) -> dict[str, object]:
    try:
        note = json.loads((directory / _FILE).read_text())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _is_alive_and_other(runner: dict[str, object]) -> bool:
    pid = runner.get("pid")
    if not isinstance(pid, int) or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _refusal(directory: Path, runner: dict[str, object]) -> str:
    who = "another process"
    if runner:
        who = f"process {runner.get('pid')} ({runner.get('what')}, since {runner.get('since')})"
    return (
        f"{directory} is in use by {who}. Nothing was changed. "
        "Stop that one first, or set TEXTBANK_DATA to another directory."
    )
