"""What the fault tests share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.build_city import make_template

EACH_KIND = [1, pytest.param(10, marks=pytest.mark.long)]
"""How often a fault strikes: in `make test`, and in `make faults`."""
IN_FULL = [pytest.param(10, marks=pytest.mark.long)]
"""The same for faults that `make test` has all in one blast (`test_killed_one_after_another.py`)."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A migrated PostgreSQL cluster to copy."""
    directory = Path(tempfile.mkdtemp(prefix="tb-"))
    make_template(directory)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)
