"""Run an embedded Valkey on a directory: only a doorbell, so nothing of it is written to disk."""

import socket
from pathlib import Path
from time import sleep
from urllib.parse import quote, urlsplit

from textbank import clock
from textbank.embedded import binaries, child, lock, socket_directory
from textbank.embedded.child import Child, Ending
from textbank.errors import Unavailable

_SOCKET = "valkey.sock"
_ENDING = Ending(grace=5.0)


class RunningValkey:
    """An embedded server that this process started."""

    def __init__(self, process: Child, data: Path, socket_path: Path) -> None:
        self._process = process
        self._data = data
        self.socket_path = socket_path

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    @property
    def url(self) -> str:
        """What redis-py and `REDIS_URL` call it."""
        return _url(self.socket_path)

    @property
    def broker_url(self) -> str:
        """What Celery calls it."""
        return broker_url(self.url)

    def poll(self) -> int | None:
        """None while it runs, else its exit code."""
        return self._process.poll()

    def wait_ready(self, timeout: float = 20.0) -> None:
        """Return once it answers. Raises Unavailable with the end of its log."""
        deadline = clock.monotonic() + timeout
        while not _answers(self.socket_path):
            if self.poll() is not None or clock.monotonic() > deadline:
                log = (self._data / "valkey.log").read_text(errors="replace").splitlines()[-3:]
                raise Unavailable("Valkey did not start. Its log ends: " + " / ".join(log))
            sleep(0.01)

    def stop(self) -> int:
        """End it; what it held is gone."""
        return self._process.stop()


def url_of(data: Path) -> str:
    """The URL that the server of `data` has whenever it runs."""
    return _url(socket_directory.choose(data.absolute()) / _SOCKET)


def _url(socket_path: Path) -> str:
    return f"unix://{quote(str(socket_path), safe='/')}?db=0"


def start(
    data: Path,
    *,
    max_memory: str = "256mb",
    databases: int = 4,
    patience: float = 20.0,
    outlive: int | None = None,
) -> RunningValkey:
    """Start Valkey on `data`, by a socket that only this user can reach; no TCP port, no password.

    When its memory is full it refuses rather than forgets: everything it carries can be rung again from
    the database. `outlive`: see `child.start`. Raises Conflict if somebody else runs `data`, Unavailable
    if it does not come up.
    """
    data = data.absolute()
    held = lock.hold(data, "Valkey", patience=patience)
    try:
        path = socket_directory.choose(data) / _SOCKET
        path.unlink(missing_ok=True)  # left by one that was killed; we hold the lock
        settings = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "dir": str(data),
            "save": "",
            "appendonly": "no",
            "maxmemory": max_memory,
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "databases": str(databases),
            "enable-debug-command": "no",
            "enable-module-command": "no",
            "enable-protected-configs": "no",
        }
        argv = [str(binaries.valkey_server())]
        for name, value in settings.items():
            argv += [f"--{name}", value]
        log = data / "valkey.log"
        process = child.start(
            argv, ending=_ENDING, log=log, log_limit=1_000_000, keep_open=[held.file], outlive=outlive
        )
    finally:
        held.release()
    running = RunningValkey(process, data, path)
    try:
        running.wait_ready()
    except BaseException:
        running.stop()
        raise
    return running


def broker_url(redis_url: str) -> str:
    """`REDIS_URL` as kombu, Celery's transport, writes it: its own form for sockets, else the same.

    kombu knows `redis+socket:///path?virtual_host=0` where redis-py knows `unix:///path?db=0`.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = next((v for k, _, v in (p.partition("=") for p in parts.query.split("&")) if k == "db"), "0")
    return f"redis+socket://{parts.path}?virtual_host={database or '0'}"


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
