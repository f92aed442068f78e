"""The file `.env` that the set-up writes: settings that every later command in this folder reads.

Only what is named is changed; other lines, comments and their order stay. A carrier's token never goes there:
the database keeps it, encrypted.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from textbank.errors import WrongSetup

FILE = ".env"


def write_settings(folder: Path, values: Mapping[str, str]) -> bool:
    """Set these names; returns whether anything changed. Raises WrongSetup if the file cannot be written."""
    path = folder / FILE
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        text = _with(before, values)
        if text == before:
            return False
        draft = path.with_name(f"{FILE}.{os.getpid()}")
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as writing:
            writing.write(text)
        draft.replace(path)
    except OSError as error:
        raise WrongSetup(
            f"{path} cannot be written ({error.strerror}). Nothing was changed. Run `textbank setup` in a "
            "folder that you may write to, as the user that Textbank will run as."
        ) from error
    return True


def need_data_directory(data: Path) -> None:
    """Make the data directory, and see that it can be written. Raises WrongSetup."""
    probe = data / f".writable-{os.getpid()}"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WrongSetup(
            f"The data directory {data} cannot be written ({error.strerror}). Nothing was changed. Choose "
            "another with TEXTBANK_DATA, or give this one to the user that you run Textbank as."
        ) from error


def _with(text: str, values: Mapping[str, str]) -> str:
    waiting = dict(values)
    lines = []
    for line in text.splitlines():
        name = line.partition("=")[0].strip()
        lines.append(f"{name}={waiting.pop(name)}" if name in waiting else line)
    lines += [f"{name}={value}" for name, value in waiting.items()]
    return "\n".join(lines) + "\n" if lines else ""
