"""What tests start from the forge (`tests/factories/forge.py`) is what a command would have started."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.factories import forge
from textbank.embedded import child
from textbank.embedded.child import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="parts are forked on Linux only")

TELL = """
import json, os, random, signal, sys, threading
told = {
    "words": sys.argv, "place": os.getcwd(), "path": sys.path[0], "environment": dict(os.environ),
    "files": sorted(os.listdir("/proc/self/fd")), "threads": threading.active_count(),
    "ignored": [n for n in range(1, 32) if signal.getsignal(n) is signal.SIG_IGN],
    "handled": [n for n in range(1, 32) if callable(signal.getsignal(n))],
    "leads_its_group": os.getpgid(0) == os.getpid(), "name": __name__,
}
print(json.dumps(told), flush=True)
print(random.random(), os.getsid(0), flush=True)
if sys.argv[1:] == ["end"]:
    sys.exit(3)
print(os.fork(), flush=True)
signal.pause()
"""


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    file = tmp_path / "tell.py"
    file.write_text(TELL)
    return [sys.executable, str(file)]


def begun(part: Child) -> tuple[dict[str, Any], list[str]]:
    assert part.output is not None
    return json.loads(part.output.readline()), part.output.readline().decode().split()


def gone(*pids: int) -> bool:
    """Nothing is left of them, not even a zombie."""
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_forged_part_begins_as_one_that_a_command_started(
    program: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = {"environment": {"TEXTBANK_MODE": "live"}, "cwd": tmp_path}
    forge.start(program, **start).stop()  # so that the forge burns before our environment changes
    monkeypatch.setenv("TEXTBANK_PORT", "1")
    forged, other = forge.start(program, **start), forge.start(program, **start)
    real = child.start(program, **start, pipe_output=True)
    try:
        (told, chance), (_, others_chance), (expected, _) = begun(forged), begun(other), begun(real)
        assert told == expected
        assert told["environment"]["TEXTBANK_PORT"] == "1"
        assert chance[0] != others_chance[0]
        assert chance[1] != others_chance[1]
    finally:
        for each in (forged, other, real):
            each.stop()


def test_its_end_is_told_however_it_comes(program: list[str], tmp_path: Path) -> None:
    ended = forge.start([*program, "end"], environment={}, cwd=tmp_path)
    assert ended.wait(10) == 3
    killed = forge.start(program, environment={}, cwd=tmp_path)
    assert killed.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        killed.wait(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait(10) == 128 + signal.SIGKILL
    asked = forge.start(program, environment={}, cwd=tmp_path)
    begun(asked)
    asked.signal(signal.SIGTERM)
    assert asked.wait(10) == 128 + signal.SIGTERM
    for each in (ended, killed, asked):
        each.stop()
        assert gone(each.pid, each.keeper_pid)


def test_a_forged_command_says_and_ends_as_the_command_itself(tmp_path: Path) -> None:
    more = {"environment": {"PYTHONPATH": str(forge.ROOT)}, "cwd": tmp_path}
    for words in (["segments", "hello"], ["segments"], ["no-such-command"], ["--help"]):
        argv = [sys.executable, "-m", "textbank.cli", *words]
        ends = []
        for part in (forge.start(argv, **more), child.start(argv, **more, pipe_output=True)):
            assert part.output is not None
            ends.append((part.output.read(), part.wait(20)))
            part.stop()
        assert ends[0] == ends[1]


OWNER = """
import sys, signal
from pathlib import Path
from tests.factories import forge
with forge.lit():
    part = forge.start(sys.argv[1:], environment={})
    part.output.readline(), part.output.readline()
    print(part.pid, part.keeper_pid, int(part.output.readline()), flush=True)
    signal.pause()
"""


def test_nothing_outlives_whoever_lit_the_forge(program: list[str]) -> None:
    argv = [sys.executable, "-c", OWNER, *program]
    with subprocess.Popen(argv, cwd=forge.ROOT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pids = [int(word) for word in owner.stdout.readline().split()]
        assert len(pids) == 3
        owner.kill()
    assert gone(*pids)
