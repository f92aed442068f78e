"""`textbank backup` as an operator runs it."""

import stat
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.factories.installation import PLAIN, Installation, another
from textbank.embedded import lock, postgres


def test_a_copy_goes_into_the_data_directory_for_our_eyes_only_with_a_warning(
    installation: Installation,
) -> None:
    code, said = installation.run_unforged("backup")
    assert code == 0, said
    [file] = (installation.data / "backups").iterdir()
    assert file.match("textbank-????????-??????.backup")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert str(file) in said
    assert " MB)" in said
    assert "everything that is known about people" in said


def test_a_running_installation_is_copied_without_stopping_it(installation: Installation) -> None:
    held = lock.hold(installation.data, "textbank up")
    server = postgres.start(installation.data / "postgres", fast=True)
    try:
        file = installation.backup()
    finally:
        server.stop()
        held.release()
    assert zipfile.is_zipfile(file)


def test_a_copy_replaces_no_file(installation: Installation) -> None:
    file = installation.backup()
    before = file.read_bytes()
    code, said = installation.run("backup", str(file))
    assert code == 1
    assert "replaces nothing" in said
    assert file.read_bytes() == before


def test_a_directory_that_is_not_there_is_named(installation: Installation) -> None:
    code, said = installation.run("backup", "/no/such/place/copy.backup")
    assert code == 1
    assert "There is no directory /no/such/place" in said


def test_a_directory_that_may_not_be_written_to_is_named(installation: Installation) -> None:
    """/sys takes no file, not even from root."""
    code, said = installation.run("backup", "/sys/copy.backup")
    assert code == 1
    assert "/sys may not be written to. Name another place" in said


def test_a_full_disk_leaves_no_half_copy_and_says_so(installation: Installation, place: Path) -> None:
    """/dev/full stands for the disk: whatever is written there, there is no room."""
    wanted = place / "full"
    wanted.mkdir()
    program = (
        "import os, sys\n"
        "from textbank.backup import archive\n"
        "opened = os.open\n"
        "def full(path, flags, *more, **others):\n"
        "    file = opened(path, flags, *more, **others)\n"
        "    if not str(path).endswith('.part'):\n"
        "        return file\n"
        "    os.close(file)\n"
        "    return opened('/dev/full', os.O_WRONLY)\n"
        "os.open = full\n"
        "from textbank.cli import main\n"
        f"sys.argv = ['textbank', 'backup', {str(wanted)!r}]\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**PLAIN, "TEXTBANK_DATA": str(installation.data)},
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"There is not enough room in {wanted}" in done.stderr
    assert list(wanted.iterdir()) == []


def test_where_nothing_was_ever_started_there_is_nothing_to_copy(place: Path) -> None:
    code, said = another(place).run("backup")
    assert code == 1
    assert "nothing to copy" in said
    assert not (place / "other" / "data" / "postgres").exists()
