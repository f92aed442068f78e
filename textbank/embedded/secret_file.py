"""The installation's secret, made once. `Settings.secret()` reads it; passwords and keys derive from it."""

import os
import secrets
from pathlib import Path

_FILE = "secret"


def ensure(data: Path) -> Path:
    """Make `secret` in the data directory unless it exists; its path.

    Written whole under another name and then linked, so that of two processes one wins, nobody ever
    reads half a secret, and a secret once used is never replaced.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / _FILE
    if path.exists():
        return path
    draft = data / f".secret-{os.getpid()}-{secrets.token_hex(4)}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_hex(32).encode() + b"\n")
        os.fsync(file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return path
    finally:
        os.close(file)
        draft.unlink()
    directory = os.open(data, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return path
