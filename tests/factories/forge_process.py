"""The forge's own process: it has read the code of every part, and forks those that a test asks for.

Run as `python -m tests.factories.forge_process DESCRIPTOR` by `forge.py`. It forks twice, as `child.start`
would run a part: a keeper, and below it the part. Only the reading of the code is saved; so nothing may be
read here that takes anything from the environment (`workers.app` makes its Celery with the settings) or is
shared by those who are forked afterwards (`workers.process` has a page of shared memory).
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import replace

from textbank.embedded.keeper import CANNOT_RUN, Keeper, Order

READ_BEFORE = (
    "asyncpg",
    "textbank.cli.connection",
    "textbank.app",
    "textbank.backup.nightly",
    "textbank.backup.write_heads",
    "textbank.simulator.running",
    "textbank.simulator.defaults",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.fixups.django",
    "kombu.transport.redis",
)
NOT_READ = ("workers",)


class ForgedKeeper(Keeper):
    """A keeper whose child is this process's code, and not another program's."""

    def become_program(self) -> None:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the keeper's, which an exec would have closed
        # As Python begins.
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(self.order.environment)
        time.tzset()
        code = _run(self.order.argv[1:])
        # As Python ends.
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _run(words: list[str]) -> int:
    """`-m MODULE …` or `FILE …`; the exit code."""
    try:
        if words[0] == "-m":
            sys.path[0] = str(os.getcwd())  # noqa: PTH109
            sys.argv = words[1:]
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.path[0] = os.path.dirname(words[0])  # noqa: PTH120
            sys.argv = words
            runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _keep(given: dict[str, object], descriptors: list[int]) -> None:
    """In the first fork: be the keeper of one part to its end. Never returns."""
    code = CANNOT_RUN
    try:
        forge = os.getppid()
        os.setsid()
        os.chdir(str(given["cwd"]))
        asked, report, *output = descriptors
        os.dup2(asked, 0)
        for stream, end in enumerate(output * 2, start=1):
            os.dup2(end, stream)
        for each in (asked, *output):
            os.close(each)
        os.write(report, f"{os.getpid()}\n".encode())
        told = os.dup(report)
        order = replace(Order(**given["order"]), parent=forge, report=report)  # type: ignore[arg-type]
        code = ForgedKeeper(order).run()
        with suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(told, f"{code}\n".encode())
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _check() -> None:
    """What would make a fork something else than a fresh process."""
    assert not [name for name in sys.modules if name.partition(".")[0] in NOT_READ]
    assert len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    from textbank.settings import get_settings

    assert not get_settings.cache_info().currsize


def main() -> None:
    """Fork until the test run hangs up."""
    asked = socket.socket(fileno=int(sys.argv[1]))
    for name in READ_BEFORE:
        importlib.import_module(name)
    _check()
    gc.collect()
    gc.freeze()  # what was read stays shared: no part walks through it in search of garbage
    signal.signal(signal.SIGCHLD, _reap)
    while True:
        line, descriptors, _, _ = socket.recv_fds(asked, 1_000_000, 3)
        if not line:
            return
        while not line.endswith(b"\n"):
            line += asked.recv(1_000_000)
        if os.fork() == 0:
            asked.close()
            _keep(json.loads(line), descriptors)
        for each in descriptors:
            os.close(each)


if __name__ == "__main__":
    main()
