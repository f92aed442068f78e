"""Run pg_dump and pg_restore of the embedded PostgreSQL, against whichever server `DATABASE_URL` names."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO

from sqlalchemy.engine import make_url

from textbank.embedded import binaries
from textbank.errors import Unavailable

_CHUNK = 1 << 20
# What asyncpg's URLs may say, under the names that libpq's environment has for it.
_QUERY = {
    "host": "PGHOST",
    "port": "PGPORT",
    "ssl": "PGSSLMODE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def version() -> int:
    """The newest server that these programs know, as its first number."""
    # …/pginstall18/bin/pg_dump
    return int(binaries.postgresql("pg_dump").parent.parent.name.removeprefix("pginstall"))


def dump(database_url: str) -> Iterator[bytes]:
    """A database in PostgreSQL's custom format, piece by piece. Raises Unavailable with what it said."""
    argv = [str(binaries.postgresql("pg_dump")), "--format=custom", "--no-password"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            argv, env=_environment(database_url), stdout=subprocess.PIPE, stderr=said
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - asked for a line above
        try:
            while chunk := process.stdout.read(_CHUNK):
                yield chunk
            code = process.wait()
        finally:
            process.kill()
        if code != 0:
            raise Unavailable(f"PostgreSQL could not be copied: {_last_words(said)}. No copy was made.")


def restore(database_url: str, dumped: Iterable[bytes]) -> None:
    """Fill an empty database. Raises Unavailable with what PostgreSQL said."""
    name = make_url(database_url).database or ""
    argv = [str(binaries.postgresql("pg_restore")), "--no-password", f"--dbname={name}"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603
            argv, env=_environment(database_url), stdin=subprocess.PIPE, stderr=said
        ) as process,
    ):
        assert process.stdin is not None  # noqa: S101 - asked for a line above
        try:
            with suppress(BrokenPipeError):  # it stopped, and says why
                for chunk in dumped:
                    process.stdin.write(chunk)
            with suppress(BrokenPipeError):
                process.stdin.close()
            code = process.wait()
        finally:
            process.kill()
        if code != 0 and not _only_a_setting_was_unknown(said):
            raise Unavailable(f"PostgreSQL did not take the copy: {_last_words(said)}. Nothing was changed.")


def _only_a_setting_was_unknown(said: IO[bytes]) -> bool:
    """pg_restore of version 17 and newer turns off a time-out that PostgreSQL 16 does not have yet."""
    said.seek(0)
    errors = [line for line in said.read().splitlines() if b" error: " in line]
    return bool(errors) and all(b'parameter "transaction_timeout"' in line for line in errors)


def _environment(database_url: str) -> dict[str, str]:
    """How libpq is told where to connect: never on the command line, which others can read."""
    url = make_url(database_url)
    given = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGCONNECT_TIMEOUT": "10",
    }
    for name, value in url.query.items():
        if name in _QUERY and isinstance(value, str):
            given[_QUERY[name]] = value
    return {name: value for name, value in given.items() if value}


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return " ".join(lines[-3:])[-600:] or "it did not say why"
