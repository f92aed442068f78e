"""`textbank backup` and `textbank restore`: everything that an installation must keep, in one file."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textbank.backup.hold import Held

FILE = typer.Argument(help="File or directory; if not given, a new file in the data directory's backups.")


def backup(file: Annotated[Path | None, FILE] = None) -> None:
    """Copy the database and the secret into one file. Textbank may run meanwhile."""
    from textbank.backup.make_copy import make_copy
    from textbank.backup.server import for_copying
    from textbank.settings import get_settings

    with for_copying(get_settings()) as settings:
        copy = asyncio.run(make_copy(settings, file.absolute() if file else None))
    sys.stdout.write(
        f"{copy.path} ({_size(copy.size)})\n"
        "It holds everything that is known about people, and the key to your carrier accounts. Keep it where "
        "only you can read it, and not only on this machine.\n"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `textbank backup` made.")],
    yes: Annotated[bool, typer.Option("--yes", help="Move a database that is not empty aside.")] = False,
) -> None:
    """Make a copy the installation again. Textbank must not run."""
    from textbank.backup.restore import look_into, restore
    from textbank.backup.server import for_restoring
    from textbank.settings import get_settings

    file = file.absolute()
    look_into(get_settings(), file)  # before anything is started for it
    with for_restoring(get_settings()) as settings:
        done = asyncio.run(restore(settings, file, replace=yes))
    said = [
        f"Restored: the state of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC, for {done.manifest.mode} texts."
    ]
    if done.moved_to:
        said.append(f"The database that was here was moved aside; it is {done.moved_to!r} now.")
    if done.wrote_secret:
        said.append("The secret of the copy is in the data directory again.")
    said.append(
        "Start Textbank as always. Nothing is sent until it has read from the carrier what came in and went "
        "out since the copy; `textbank doctor` says how far that is."
    )
    said += _said_of(done.held)
    sys.stdout.write("\n".join(said) + "\n")


def _said_of(held: "Held") -> list[str]:
    """What was going on in the copy and is for somebody to start again."""
    said = []
    if held.paused:
        many = (
            f"{held.paused} campaigns that were running are paused"
            if held.paused > 1
            else "The campaign that was running is paused"
        )
        said.append(f"{many}: look at what happened since, then resume.")
    said.append("Everybody is signed out; passwords are what they were when the copy was made.")
    if held.revoked:
        invites = (
            f"{held.revoked} invites that were open are taken back: make new ones"
            if held.revoked > 1
            else "An invite that was open is taken back: make a new one"
        )
        said.append(f"{invites} for whoever still needs it.")
    return said


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.0f} kB"
