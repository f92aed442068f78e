"""A small process that stands between us and one child, so that the child never outlives us.

`child.start` runs it as `python -I -S`, hence only the standard library and `clock` are imported. It
learns of our death in two ways, because each alone fails: the pipe on its standard input closes when
we die (but not while a fork of ours keeps the other end open), and PR_SET_PDEATHSIG wakes it (but also
when only the *thread* that started it ends, so it looks whether its parent process really changed).
As a "child subreaper" it inherits whatever the child leaves behind, and exits only when all is gone.
When we die without a word, a server's keeper lets the programs that use the server end first.
"""

import ctypes
import json
import os
import select
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from textbank import clock

NO_NAMESPACE = 126
"""Exit code: this machine does not let root make a user namespace."""
CANNOT_RUN = 127
"""Exit code: the program could not be started."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLONE_NEWUSER = 0x10000000
_LOOK_EVERY = 0.5
_LONGEST_OUTLIVING = 40.0
STOP = b"stop"
"""Written to standard input: we are alive and want the child ended now."""
_FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
_SIGNALS = (*_FORWARDED, signal.SIGCHLD, signal.SIGUSR1)


@dataclass(frozen=True)
class Order:
    """What to run and how to end it; sent by `child.start` as one line of JSON on standard input."""

    argv: list[str]
    parent: int
    report: int
    """File descriptor on which the child's process id is reported."""
    stop_signal: int
    last_signal: int
    """Sent when `grace` seconds after `stop_signal` the child still runs; SIGKILL follows."""
    grace: float
    settle: float
    """Seconds that processes left behind by the child have to end by themselves."""
    environment: dict[str, str]
    unset: list[str]
    log: str | None
    log_limit: int
    outlive: int
    """Read end of a pipe, or -1. After our death the child goes on until all writers of it are gone."""
    map_user: int | None
    """Run as this user id in a namespace of its own (PostgreSQL refuses root)."""


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the pipe and the look at the parent have to do."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _enter_user_namespace(user: int) -> None:
    """Files stay owned by root outside; inside, the program sees itself as an ordinary user."""
    outer_user, outer_group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {outer_user} 1")
    Path("/proc/self/gid_map").write_text(f"{user} {outer_group} 1")


class _Log:
    """A file of bounded size: at the limit it becomes `<name>.1` and a new one begins."""

    def __init__(self, path: str, limit: int) -> None:
        self._path = path
        self._limit = limit
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._file).st_size

    def write(self, data: bytes) -> None:
        # A full disk must not stop the server that is being logged.
        with suppress(OSError):
            if self._size + len(data) > self._limit and self._size:
                os.replace(self._path, f"{self._path}.1")  # noqa: PTH105
                os.close(self._file)
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                self._size = 0
            os.write(self._file, data)
            self._size += len(data)


class Keeper:
    """Runs one order from fork to the end of the last descendant."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.status: int | None = None
        self.ended_at = 0.0
        self.stop_steps: list[tuple[float, int]] = []
        self.stopping = False
        self.orphaned_at: float | None = None
        self.users_left = order.outlive >= 0
        self.heard_end = False
        os.set_inheritable(order.report, False)
        self.log = _Log(order.log, order.log_limit) if order.log else None
        self.output: int | None = None
        self.wake, wake_write = os.pipe()
        for end in (self.wake, wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        for each in _FORWARDED:
            signal.signal(each, self._forward)
        for each in (signal.SIGCHLD, signal.SIGUSR1):
            signal.signal(each, lambda *_: None)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self.child = self._fork()
        os.write(order.report, f"{self.child}\n".encode())
        os.close(order.report)

    def _fork(self) -> int:
        read, write = os.pipe() if self.log else (-1, -1)
        keeper = os.getpid()
        # Held back until the child has its own handlers: one sent before would be lost in its exec.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        child = os.fork()
        if child == 0:
            self._become_child(keeper, write)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if self.log:
            os.close(write)
            os.set_blocking(read, False)
            self.output = read
        return child

    def _become_child(self, keeper: int, output: int) -> None:
        """After fork: never returns."""
        code = CANNOT_RUN
        try:
            signal.set_wakeup_fd(-1)
            # Python ignores the last two, and what is ignored stays so across exec.
            for each in (*_SIGNALS, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.setpgid(0, 0)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            if output >= 0:
                os.dup2(output, 1)
                os.dup2(output, 2)
            if self.order.map_user is not None:
                code = NO_NAMESPACE
                _enter_user_namespace(self.order.map_user)
                code = CANNOT_RUN
            # After the namespace: a change of credentials clears it.
            _prctl(_PR_SET_PDEATHSIG, self.order.last_signal)
            if os.getppid() != keeper:
                os._exit(CANNOT_RUN)
            self.become_program()
        except OSError as error:
            os.write(2, f"cannot start {self.order.argv[0]}: {error}\n".encode())
        finally:
            os._exit(code)

    def become_program(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in self.order.unset}
        os.execvpe(self.order.argv[0], self.order.argv, kept | self.order.environment)  # noqa: S606

    def _forward(self, number: int, _frame: object) -> None:
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.child, number)

    def run(self) -> int:
        """The child's exit code, or 128 and the signal that ended it."""
        while True:
            self._wait_for_news()
            alive = self._reap()
            if not self.stopping and os.getppid() != self.order.parent:
                self._we_are_alone()
            if self.status is not None and (not alive or self._end_of_patience()):
                break
            self._next_stop_step()
        self._copy_output()
        return self.status

    def _wait_for_news(self) -> None:
        watched = [self.wake]
        if not self.stopping and not self.heard_end:
            watched.append(0)
        if self.orphaned_at is not None and self.users_left:
            watched.append(self.order.outlive)
        if self.output is not None:
            watched.append(self.output)
        pause = 0.02 if self.status is not None else _LOOK_EVERY
        if self.stop_steps:
            pause = min(pause, max(0.0, self.stop_steps[0][0] - clock.monotonic()))
        ready, _, _ = select.select(watched, [], [], pause)
        if self.wake in ready:
            with suppress(BlockingIOError):
                os.read(self.wake, 4096)
        if 0 in ready:
            if os.read(0, 4096).startswith(STOP):
                self._begin_stop()
            else:
                self.heard_end = True
                self._we_are_alone()
        if self.order.outlive in ready and not os.read(self.order.outlive, 1):
            self.users_left = False
        if self.output in ready:
            self._copy_output()

    def _copy_output(self) -> None:
        while self.output is not None and self.log:
            try:
                data = os.read(self.output, 65536)
            except BlockingIOError:
                return
            if not data:
                os.close(self.output)
                self.output = None
                return
            self.log.write(data)

    def _we_are_alone(self) -> None:
        """Our starter is gone. What others still use goes when they do, or after a while."""
        now = clock.monotonic()
        if self.orphaned_at is None:
            self.orphaned_at = now
        if not self.users_left or now - self.orphaned_at > _LONGEST_OUTLIVING:
            self._begin_stop()

    def _begin_stop(self) -> None:
        """We are no longer wanted: ask politely, insist, then kill."""
        self.stopping = True
        now = clock.monotonic()
        grace = self.order.grace
        self.stop_steps = [
            (now, self.order.stop_signal),
            (now + grace, self.order.last_signal),
            (now + grace + 3.0, signal.SIGKILL),
        ]

    def _next_stop_step(self) -> None:
        if self.stop_steps and self.stop_steps[0][0] <= clock.monotonic() and self.status is None:
            _, number = self.stop_steps.pop(0)
            with suppress(ProcessLookupError):
                os.kill(self.child, number)

    def _reap(self) -> bool:
        """Collect whatever ended; whether any descendant is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.child:
                code = os.waitstatus_to_exitcode(status)
                self.status = code if code >= 0 else 128 - code
                self.ended_at = clock.monotonic()

    def _end_of_patience(self) -> bool:
        """Kill what the child left behind once it had its time; true if it cannot be waited for."""
        waited = clock.monotonic() - self.ended_at
        if waited < self.order.settle:
            return False
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child, signal.SIGKILL)
        with suppress(OSError):
            me = os.getpid()
            for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
        return waited > self.order.settle + 3.0


def _read_order() -> Order:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            raise SystemExit(CANNOT_RUN)
        line += piece
    return Order(**json.loads(line))


def main() -> None:
    """Entry point of the process."""
    sys.exit(Keeper(_read_order()).run())
