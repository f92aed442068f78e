"""The secret is made once, and a data directory has one runner."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from textbank.embedded import lock, secret_file
from textbank.errors import Conflict
from textbank.settings import Settings


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = secret_file.ensure(tmp_path / "data")
    first = path.read_bytes()
    assert len(first.strip()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_file.ensure(tmp_path / "data").read_bytes() == first
    assert Settings(textbank_data=tmp_path / "data", _env_file=None).secret() == first.strip()


def test_of_many_that_make_the_secret_at_once_all_read_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: secret_file.ensure(tmp_path).read_bytes(), range(64)))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_second_process_is_told_who_runs_the_directory(tmp_path: Path) -> None:
    held = lock.hold(tmp_path, "textbank up")
    program = (
        "import sys, pathlib; from textbank.embedded import lock; lock.hold(pathlib.Path(sys.argv[1]), 'x')"
    )
    second = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert f"in use by process {os.getpid()} (textbank up, since " in second.stderr
    assert "Nothing was changed" in second.stderr
    held.release()
    lock.hold(tmp_path, "textbank up").release()


def test_a_runner_that_was_killed_does_not_keep_the_directory(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib; from textbank.embedded import lock; "
        "held = lock.hold(pathlib.Path(sys.argv[1]), 'x'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    lock.hold(tmp_path, "textbank up", patience=0).release()


def test_in_one_process_too_it_is_held_once(tmp_path: Path) -> None:
    held = lock.hold(tmp_path, "first")
    with pytest.raises(Conflict):
        lock.hold(tmp_path, "second", patience=0.1)
    held.release()
