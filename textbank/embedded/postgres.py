"""Run an embedded PostgreSQL on a directory: durable, private to this user, gone when we are gone."""

import signal
import subprocess
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import sleep
from urllib.parse import quote

from textbank import clock
from textbank.embedded import binaries, child, lock, postgres_cluster, socket_directory
from textbank.embedded.child import Child, Ending
from textbank.embedded.keeper import NO_NAMESPACE
from textbank.embedded.postgres_cluster import ADMIN, DATABASE
from textbank.errors import Unavailable

_PORT = 5432

# For a machine with two to four cores that other programs use, too.
_SETTINGS: dict[str, str] = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "min_wal_size": "160MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "32",
    "jit": "off",  # compiling costs more than our short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "idle_in_transaction_session_timeout": "10min",
    "tcp_keepalives_idle": "60",
}
# What is written may be lost with the machine: for tests only.
_FAST: dict[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "5min",
}
# SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, after which it replays its log.
_ENDING = Ending(first=signal.SIGINT, last=signal.SIGQUIT, grace=20.0, settle=8.0)

# After a crash it replays up to `max_wal_size`. Giving up on a slow disk would only make it begin again.
_LONGEST_RECOVERY = 3600.0

# Said while processes of a server that was killed still end; they need a moment.
_NOT_YET = ("already exists", "pre-existing shared memory block", "still in use", "could not bind")


class RunningPostgres:
    """An embedded server that this process started."""

    def __init__(self, process: Child, data: Path, sockets: Path, port: int, tcp: bool) -> None:
        self._process = process
        self._data = data
        self.port = port
        self._tcp = tcp
        self.socket_directory = sockets

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self._process.pid

    def url(self, user: str = ADMIN, database: str = DATABASE) -> str:
        """SQLAlchemy's URL by the socket."""
        return _socket_url(self.socket_directory, user, database, self.port)

    def tcp_url(self, user: str = ADMIN, database: str = DATABASE) -> str:
        """SQLAlchemy's URL by loopback TCP, which `start` must have been asked for."""
        if not self._tcp:
            raise Unavailable("This PostgreSQL was started without a TCP port; pass listen_tcp_port.")
        return f"postgresql+asyncpg://{user}@127.0.0.1:{self.port}/{database}"

    def poll(self) -> int | None:
        """None while it runs; the exit code once it and all its processes are gone."""
        return self._process.poll()

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return once it accepts connections. Raises Unavailable with the end of its log."""
        deadline = clock.monotonic() + timeout
        while postgres_cluster.ready_pid(self._data / "cluster") != self.pid:
            if self.poll() is not None:
                raise Unavailable(f"PostgreSQL stopped while it started. {_log_end(self._data)}")
            if clock.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL was not ready within {timeout:.0f} s. {_log_end(self._data)}")
            sleep(0.01)

    def stop(self) -> int:
        """Shut down fast: open transactions are rolled back, what was committed is kept."""
        return self._process.stop()


def url_of(data: Path, user: str = ADMIN, database: str = DATABASE) -> str:
    """The URL that the server of `data` has whenever it runs without a TCP port."""
    return _socket_url(socket_directory.choose(data.absolute()), user, database, _PORT)


def _socket_url(sockets: Path, user: str, database: str, port: int) -> str:
    other_port = "" if port == _PORT else f"&port={port}"
    return f"postgresql+asyncpg://{user}@/{database}?host={quote(str(sockets), safe='/')}{other_port}"


def start(
    data: Path,
    *,
    fast: bool = False,
    options: Mapping[str, str] | None = None,
    listen_tcp_port: int | None = None,
    patience: float = 30.0,
    outlive: int | None = None,
) -> RunningPostgres:
    """Start PostgreSQL on `data`, making its files and the database `textbank` on the first run.

    It works on what a killed server left behind, waiting up to `patience` seconds for processes of it
    that still end. `outlive`: see `child.start`. Raises Conflict if somebody else runs `data`, WrongSetup
    if it can never run here, Unavailable if it does not come up.
    """
    data = data.absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = lock.hold(data, "PostgreSQL", patience=patience)
    try:
        sockets = socket_directory.choose(data)
        postgres_cluster.ensure(data / "cluster", fast=fast)
        settings = _SETTINGS | (_FAST if fast else {}) | dict(options or {})
        settings |= _places(data, sockets, listen_tcp_port)
        launch = partial(child.start, keep_open=[held.file], outlive=outlive)
        running = _start_patiently(data, sockets, settings, launch, patience)
    finally:
        # From here on the keeper holds it: as long as the server lives, whatever becomes of us.
        held.release()
    try:
        _ensure_database(running)
    except BaseException:
        running.stop()
        raise
    return running


def _places(data: Path, sockets: Path, tcp_port: int | None) -> dict[str, str]:
    return {
        "port": str(tcp_port or _PORT),
        "listen_addresses": "127.0.0.1" if tcp_port else "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "hba_file": str(postgres_cluster.write_access_rules(data, tcp=tcp_port is not None)),
    }


def _start_patiently(
    data: Path, sockets: Path, settings: Mapping[str, str], launch: Callable[..., Child], patience: float
) -> RunningPostgres:
    argv = [str(binaries.postgresql("postgres")), "-D", str(data / "cluster")]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    deadline = clock.monotonic() + patience
    log = data / "server.log"
    while True:
        postgres_cluster.drop_foreign_pid_file(data / "cluster")
        said_before = log.stat().st_size if log.exists() else 0
        process = launch(
            argv,
            ending=_ENDING,
            log=log,
            map_user=postgres_cluster.user_to_become(),
            unset=["PGDATA", "PGPORT", "PGHOST", "PGOPTIONS"],
        )
        tcp = bool(settings["listen_addresses"])
        running = RunningPostgres(process, data, sockets, int(settings["port"]), tcp)
        try:
            running.wait_ready(_LONGEST_RECOVERY)
        except Unavailable:
            code = running.stop()
            if code == NO_NAMESPACE:
                raise postgres_cluster.no_namespace() from None
            said = log.read_bytes()[said_before:].decode(errors="replace")
            if clock.monotonic() > deadline or not any(words in said for words in _NOT_YET):
                raise
            sleep(0.2)
        except BaseException:
            running.stop()
            raise
        else:
            return running


def _ensure_database(running: RunningPostgres) -> None:
    """By psql, because this function is called with and without a running event loop."""
    exists = f"select 1 from pg_database where datname = '{DATABASE}'"  # noqa: S608
    if _psql(running, exists) != "1":
        _psql(running, f"create database {DATABASE}")


def _psql(running: RunningPostgres, statement: str) -> str:
    port = str(running.port)
    argv = [str(binaries.postgresql("psql")), "-X", "-w", "-h", str(running.socket_directory), "-p", port]
    argv += ["-U", ADMIN, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-Atc", statement]
    result = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    if result.returncode != 0:
        raise Unavailable(f"PostgreSQL started but did not answer: {result.stderr.strip()}")
    return result.stdout.strip()


def _log_end(data: Path) -> str:
    try:
        lines = (data / "server.log").read_text(errors="replace").splitlines()[-6:]
    except FileNotFoundError:
        return ""
    return f"Its log, {data / 'server.log'}, ends: " + " / ".join(lines)
