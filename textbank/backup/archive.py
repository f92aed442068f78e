"""The file that a copy is: a ZIP with PostgreSQL's own dump, the secret, and a manifest of both.

The dump is streamed in and out, so that neither memory nor a second file of its size is needed.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipFile

from textbank.errors import InvalidInput, TextbankError, Unavailable
from textbank.settings import Mode

FORMAT = "textbank backup 1"
_DATABASE, _SECRET, _MANIFEST = "database.dump", "secret", "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy is a copy of."""

    made_at: datetime
    """By the database's clock, just before its state was taken."""
    mode: Mode
    schema: str
    """Alembic's revision."""
    database_sha256: str
    secret_sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """The manifest before the dump was read."""

    made_at: datetime
    mode: Mode
    schema: str


def write(path: Path, about: About, secret: bytes, dump: Iterable[bytes]) -> int:
    """Write a copy under a temporary name, for our user alone, and rename it; its size.

    Raises Unavailable with a plain sentence where the place does not take it.
    """
    with _told_plainly(path):
        if path.exists():
            raise FileExistsError(errno.EEXIST, "exists", str(path))
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        draft.unlink(missing_ok=True)
        try:
            _write_draft(draft, about, secret, dump)
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return path.stat().st_size


def _write_draft(draft: Path, about: About, secret: bytes, dump: Iterable[bytes]) -> None:
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as out:
        digest = hashlib.sha256()
        with ZipFile(out, "w") as archive:
            with archive.open(_DATABASE, "w", force_zip64=True) as entry:
                for chunk in dump:
                    digest.update(chunk)
                    entry.write(chunk)
            archive.writestr(_SECRET, secret)
            manifest = {
                "format": FORMAT,
                "made_at": about.made_at.isoformat(),
                "mode": about.mode,
                "schema": about.schema,
                "database_sha256": digest.hexdigest(),
                "secret_sha256": hashlib.sha256(secret).hexdigest(),
            }
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=2) + "\n")
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _told_plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{_reason(error, path)} No copy was made; nothing was changed.") from error


def _reason(error: OSError, path: Path) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"There is not enough room in {path.parent} for a copy. Make room, or name another place."
        case errno.ENOENT | errno.ENOTDIR:
            return f"There is no directory {path.parent}. Make it, or name another place."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{path.parent} may not be written to. Name another place, or let this user write there."
        case errno.EEXIST:
            return f"{path} exists already, and a copy replaces nothing. Name another file."
    return f"{path} could not be written ({error.strerror or error})."


def check(path: Path) -> tuple[Manifest, bytes]:
    """Read a copy from end to end: its manifest and its secret.

    Raises InvalidInput where it is none, is damaged, or comes from a later Textbank.
    """
    try:
        with ZipFile(path) as archive:
            given = json.loads(archive.read(_MANIFEST))
            secret = archive.read(_SECRET)
            if given.get("format") != FORMAT:
                raise InvalidInput(
                    f"{path} says that it is {given.get('format')!r}, which this Textbank does not know. "
                    "Nothing was changed. Restore it with the Textbank that made it, or a newer one."
                )
            digest = hashlib.sha256()
            with archive.open(_DATABASE) as entry:
                while chunk := entry.read(_CHUNK):
                    digest.update(chunk)
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}. Nothing was changed.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}). Nothing was changed.") from error
    except (BadZipFile, KeyError, ValueError, AttributeError, EOFError) as error:
        raise _damaged(path) from error
    try:
        manifest = Manifest(
            datetime.fromisoformat(given["made_at"]),
            cast("Mode", given["mode"]),
            str(given["schema"]),
            str(given["database_sha256"]),
            str(given["secret_sha256"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged(path) from error
    same = (manifest.database_sha256, manifest.secret_sha256)
    if same != (digest.hexdigest(), hashlib.sha256(secret).hexdigest()):
        raise _damaged(path)
    return manifest, secret


def dump_in(path: Path) -> Iterator[bytes]:
    """The database's dump, piece by piece."""
    with ZipFile(path) as archive, archive.open(_DATABASE) as entry:
        while chunk := entry.read(_CHUNK):
            yield chunk


def _damaged(path: Path) -> TextbankError:
    return InvalidInput(
        f"{path} is not a whole copy: it is damaged, cut short, or was not made by `textbank backup`. "
        "Nothing was changed. Take another copy of it, or an older one."
    )
