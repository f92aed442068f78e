"""The database at hand for a command: where it is our own and nobody runs it, for as long as the command."""

from collections.abc import Iterator
from contextlib import contextmanager

from textbank.embedded import lock, postgres
from textbank.errors import Conflict, WrongSetup
from textbank.settings import Settings


@contextmanager
def for_copying(settings: Settings) -> Iterator[Settings]:
    """The database whether Textbank runs or not. Raises WrongSetup where there is none."""
    data = settings.data_directory
    if settings.database_url:
        yield settings
        return
    if not (data / "postgres" / "cluster" / "PG_VERSION").exists():
        raise WrongSetup(
            f"There is no database in {data}. There is nothing to copy. Run this where Textbank was started, "
            "or set TEXTBANK_DATA to its data directory."
        )
    try:
        held = lock.hold(data, "textbank backup")
    except Conflict:  # it runs, and so does its database
        yield settings.model_copy(update={"database_url": postgres.url_of(data / "postgres")})
        return
    try:
        with _started(settings) as complete:
            yield complete
    finally:
        held.release()


@contextmanager
def for_restoring(settings: Settings) -> Iterator[Settings]:
    """The database with nobody else at it. Raises Conflict where Textbank runs on this data directory."""
    held = lock.hold(settings.data_directory, "textbank restore")
    try:
        if settings.database_url:
            yield settings
        else:
            with _started(settings) as complete:
                yield complete
    finally:
        held.release()


@contextmanager
def _started(settings: Settings) -> Iterator[Settings]:
    running = postgres.start(settings.data_directory / "postgres")
    try:
        yield settings.model_copy(update={"database_url": running.url()})
    finally:
        running.stop()
