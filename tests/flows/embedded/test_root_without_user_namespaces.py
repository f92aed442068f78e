"""Root on a machine that forbids user namespaces is told in one sentence what to do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# A user namespace in which we are "root" and in which no further one may be made.
CONFINED = ["unshare", "--user", "--map-root-user", "--", "sh", "-c"]
FORBID = "echo 0 > /proc/sys/user/max_user_namespaces"


def can_be_confined() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*CONFINED, FORBID], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not can_be_confined(), reason="this machine cannot forbid user namespaces for one process"
)
def test_it_says_what_to_do_and_starts_nothing(tmp_path: Path) -> None:
    program = "import pathlib; from textbank.embedded import postgres; postgres.start(pathlib.Path('pg'))"
    result = subprocess.run(
        [*CONFINED, f'{FORBID}; exec "{sys.executable}" -c "{program}"'],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "WrongSetup: PostgreSQL refuses to run as root" in result.stderr
    assert "Run Textbank as another user, or set DATABASE_URL" in result.stderr
