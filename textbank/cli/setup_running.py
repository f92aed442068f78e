"""Textbank's parts while they are set up: those that run already, else started by us and ended with us."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from time import sleep

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from textbank import clock
from textbank.cli.parts import COMMAND, READY_WITHIN, need_port
from textbank.embedded import child
from textbank.embedded.child import Child, Ending
from textbank.errors import Unavailable
from textbank.settings import Settings
from textbank.setup.address import HEADER, fingerprint

_LOG = "setup.log"
_ENDING = Ending(first=SIGINT, grace=60.0)


def runs_already(settings: Settings) -> bool:
    """Whether this very installation answers on its port."""
    url = f"http://127.0.0.1:{settings.textbank_port}/healthz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.headers.get(HEADER) == fingerprint(settings))
    except (urllib.error.URLError, OSError, ValueError):
        return False


async def need_database(settings: Settings) -> None:
    """Raise Unavailable if DATABASE_URL names a server that does not answer. The embedded one we start."""
    if not settings.database_url:
        return
    from sqlalchemy.ext.asyncio import create_async_engine

    try:
        engine = create_async_engine(settings.database_url, connect_args={"timeout": 5})
        try:
            async with engine.connect():
                return
        finally:
            await engine.dispose()
    except (SQLAlchemyError, OSError, TimeoutError, ValueError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(
            f"The database of DATABASE_URL does not answer ({reason or type(error).__name__}). Nothing was "
            "changed. Start it or correct the address, then run `textbank setup` again; or leave "
            "DATABASE_URL out, and Textbank runs its own."
        ) from error


@contextmanager
def running(settings: Settings, *, simulate: bool) -> Iterator[Child]:
    """Start every part and wait until it is ready; on leaving, end it in order."""
    need_port(settings.textbank_port, "pages", "port")
    log = settings.data_directory / _LOG
    words = [*COMMAND, "up", "--port", str(settings.textbank_port), *(["--simulate"] if simulate else [])]
    parts = child.start(words, ending=_ENDING, log=log)
    try:
        _wait_until_ready(parts, settings, log)
        yield parts
    finally:
        parts.stop()


def _wait_until_ready(parts: Child, settings: Settings, log: Path) -> None:
    deadline = clock.monotonic() + READY_WITHIN
    while not _ready(settings):
        if parts.poll() is not None or clock.monotonic() > deadline:
            raise Unavailable(
                f"Textbank did not start. What was set up so far is kept. The end of {log}: {_end_of(log)} "
                "Mend what it says, then run `textbank setup` again."
            )
        sleep(0.1)


def _ready(settings: Settings) -> bool:
    try:
        url = f"http://127.0.0.1:{settings.textbank_port}/readyz"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _end_of(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return "(empty)"
    return " / ".join(line.strip() for line in lines[-4:] if line.strip())
