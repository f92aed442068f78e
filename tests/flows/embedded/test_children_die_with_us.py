"""However a runner ends, nothing that it started stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from textbank.embedded import child
from textbank.embedded.child import Ending


def descendants(pid: int) -> set[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for each in parents.get(waiting.pop(), []):
            found.add(each)
            waiting.append(each)
    return found


def gone(pids: set[int], within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(running(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


BOTH = """
import sys, time
from pathlib import Path
from textbank.embedded import postgres, valkey
data = Path(sys.argv[1])
running = postgres.start(data / "pg"), valkey.start(data / "valkey")
print("up", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_both_servers_die_when_their_runner_is_killed(tmp_path: Path, ending: signal.Signals) -> None:
    argv = [sys.executable, "-c", BOTH, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as runner:
        assert runner.stdout is not None
        assert runner.stdout.readline() == b"up\n"
        left = descendants(runner.pid)
        assert len(left) > 6  # two keepers, Valkey, PostgreSQL and its own processes
        runner.send_signal(ending)
        runner.wait()
        assert gone(left, within=30)


def test_a_fork_that_keeps_the_pipe_open_does_not_keep_the_child_alive(tmp_path: Path) -> None:
    program = (
        "import os, sys, time\n"
        "from textbank.embedded import child\n"
        "started = child.start(['sleep', '600'])\n"
        "helper = os.fork()\n"
        "if helper == 0:\n"
        "    time.sleep(60)\n"
        "    os._exit(0)\n"
        "print(started.pid, helper, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as runner:
        assert runner.stdout is not None
        sleeper, helper = map(int, runner.stdout.readline().split())
        runner.kill()
        runner.wait()
        assert gone({sleeper}, within=15)
        os.kill(helper, signal.SIGKILL)


def test_a_child_outlives_the_thread_that_started_it() -> None:
    started: list[child.Child] = []
    thread = threading.Thread(target=lambda: started.append(child.start(["sleep", "600"])))
    thread.start()
    thread.join()
    with pytest.raises(subprocess.TimeoutExpired):
        started[0].wait(timeout=0.7)
    started[0].stop()
    assert not running(started[0].pid)


def test_a_child_that_ignores_the_polite_signal_is_killed_with_all_it_started() -> None:
    stubborn = "trap '' TERM; sleep 600 & echo $!; wait; sleep 600"
    process = child.start(["sh", "-c", stubborn], ending=Ending(grace=0.3, settle=0.2), pipe_output=True)
    assert process.output is not None
    grandchild = int(process.output.readline())
    assert process.stop() == 128 + signal.SIGKILL
    assert gone({process.pid, grandchild}, within=15)


def test_what_a_child_leaves_behind_in_a_session_of_its_own_is_ended_too() -> None:
    leaves = "setsid sleep 600 & echo $!"
    process = child.start(["sh", "-c", leaves], ending=Ending(settle=0.2), pipe_output=True)
    assert process.output is not None
    left = int(process.output.readline())
    process.wait(timeout=30)
    assert gone({left}, within=15)
    process.stop()


def test_the_exit_code_of_the_program_comes_through() -> None:
    for command, code in (("exit 7", 7), ("kill -9 $$", 137)):
        process = child.start(["sh", "-c", command])
        assert process.wait(timeout=30) == code
        process.stop()


def test_a_program_that_does_not_exist_says_so(tmp_path: Path) -> None:
    process = child.start(["/no/such/program"], log=tmp_path / "log")
    assert process.wait(timeout=30) == child.CANNOT_RUN
    process.stop()
    assert "cannot start /no/such/program" in (tmp_path / "log").read_text()


def test_a_log_never_grows_past_twice_its_limit(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = child.start(["sh", "-c", "seq 1 60000"], log=log, log_limit=100_000)
    assert process.wait(timeout=20) == 0
    process.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1"]
    assert all(path.stat().st_size <= 100_000 for path in tmp_path.iterdir())
    assert log.read_text().endswith("60000\n")
