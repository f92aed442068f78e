"""The installation's secret, made once. `Settings.secret()` reads it; passwords and keys derive from it."""

import os
import secrets
from pathlib import Path

_FILE = "secret"


def ensure(data: Path) -> Path:
    """Make `secret` in the data directory unless it exists; its path."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / _FILE
    if not path.exists():
        _write_once(path, secrets.token_hex(32).encode())
    return path


def put_back(data: Path, secret: bytes) -> bool:
    """Write the secret of a restored copy where there is none; whether it was written."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data / _FILE
    return not path.exists() and _write_once(path, secret)


def _write_once(path: Path, secret: bytes) -> bool:
    """Written whole under another name and then linked, so that of two processes one wins, nobody ever
    reads half a secret, and a secret once used is never replaced.
    """
    draft = path.with_name(f".secret-{os.getpid()}-{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secret + b"\n")
        os.fsync(file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    finally:
        os.close(file)
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return True
