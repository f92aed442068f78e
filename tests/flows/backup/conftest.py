"""What the tests of copies share."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.installation import Installation, found
from textbank.embedded import postgres, secret_file


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    first = Installation(base / "data")
    secret_file.ensure(first.data)
    server = postgres.start(first.data / "postgres", fast=True)
    try:
        asyncio.run(found(first.settings))
    finally:
        server.stop()
    yield first.data
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    """A short path: sockets are in it."""
    directory = Path(tempfile.mkdtemp(prefix="tb-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def installation(made: Path, place: Path) -> Installation:
    shutil.copytree(made, place / "data", symlinks=True)
    return Installation(place / "data")
