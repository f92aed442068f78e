"""`textbank up` starts all parts, keeps them running, ends them in order and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# How long anything may take on a machine that has other things to do; nothing waits for its own sake.
BOUND = 100.0
STAND_IN = Path(__file__).with_name("stand_in.py")
UP = (
    "import sys, typer\n"
    "from textbank.cli.parts import make_plan\n"
    "from textbank.cli.up import _run\n"
    "simulate, demo = 'simulate' in sys.argv, 'demo' in sys.argv\n"
    "command = [sys.executable, sys.argv[1]]\n"
    "try:\n"
    "    _run(make_plan(simulate=simulate or demo, demo_data=demo, command=command))\n"
    "except typer.Exit as end:\n"
    "    sys.exit(end.exit_code)\n"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: Callable[[], bool], within: float = BOUND) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.03)
    return False


class Installation:
    """A data directory, two ports, and the notes of the stand-ins."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.port = free_port()
        self.simulator_port = free_port()
        self.notes = directory / "notes"
        self.notes.touch()
        self.started: list[subprocess.Popen[str]] = []

    def up(self, *words: str, fails: str = "") -> subprocess.Popen[str]:
        environment = os.environ | {
            "TEXTBANK_DATA": str(self.data),
            "TEXTBANK_PORT": str(self.port),
            "TEXTBANK_SIMULATOR_PORT": str(self.simulator_port),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "STAND_IN_NOTES": str(self.notes),
            "STAND_IN_FAILS": fails,
        }
        output = (self.directory / f"output{len(self.started)}").open("w")
        with output:
            process = subprocess.Popen(
                [sys.executable, "-c", UP, str(STAND_IN), *words],
                env=environment,
                cwd=self.directory,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.started.append(process)
        return process

    def output(self) -> str:
        return (self.directory / f"output{len(self.started) - 1}").read_text()

    def noted(self, word: str) -> list[str]:
        lines = [line.split() for line in self.notes.read_text().splitlines()]
        return [name for what, name, _ in lines if what == word]

    def pid(self, name: str) -> int:
        lines = [line.split() for line in self.notes.read_text().splitlines()]
        return [int(pid) for what, part, pid in lines if (what, part) == ("start", name)][-1]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self) -> None:
        assert eventually(lambda: "ready: http" in self.output()), self.output()

    def processes(self) -> set[int]:
        """Every process with our directory on its command line, in its environment or as its place."""
        found = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                about += os.fsencode((entry / "cwd").readlink())
            except OSError:
                continue
            if os.fsencode(self.directory) in about:
                found.add(int(entry.name))
        return found


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=BOUND)
    assert eventually(lambda: not made.processes())


def test_everything_starts_in_order_and_ends_in_reverse_order_at_ctrl_c(installation: Installation) -> None:
    process = installation.up("simulate")
    installation.wait_ready()
    assert installation.noted("start")[0] == "migrate"
    parts = {"simulator", "web", "worker", "schedule"}
    assert eventually(lambda: set(installation.noted("start")[1:]) == parts)
    assert eventually(lambda: "worker   | hello from worker" in installation.output())
    assert f"ready: http://127.0.0.1:{installation.port}" in installation.output()
    assert (installation.data / "secret").exists()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=BOUND) == 0
    assert list(dict.fromkeys(installation.noted("stop"))) == ["schedule", "worker", "web", "simulator"]
    assert not installation.processes()


def test_parts_and_servers_that_die_are_started_again(installation: Installation) -> None:
    installation.up()
    installation.wait_ready()
    first = installation.pid("web")
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: installation.pid("web") != first and installation.answers())
    postmaster = installation.data / "postgres" / "cluster" / "postmaster.pid"
    killed = int(postmaster.read_text().split()[0])
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: not installation.answers())
    assert eventually(installation.answers)
    assert int(postmaster.read_text().split()[0]) != killed
    assert "web      | ended with exit code 137; starting again in 0.2 s" in installation.output()


def test_nothing_survives_a_killed_supervisor_and_the_servers_still_end_last(
    installation: Installation,
) -> None:
    process = installation.up()
    installation.wait_ready()
    assert eventually(lambda: "worker" in installation.noted("start"))
    process.kill()
    process.wait()
    assert eventually(lambda: not installation.processes())
    workers = installation.noted("stop").count("worker")
    assert workers >= 1
    assert installation.noted("finished").count("worker") == workers


def test_after_a_killed_supervisor_the_next_one_waits_for_the_rest_and_starts(
    installation: Installation,
) -> None:
    process = installation.up()
    installation.wait_ready()
    process.kill()
    process.wait()
    installation.up()
    installation.wait_ready()


def test_demo_fills_in_its_data_once_everything_runs(installation: Installation) -> None:
    installation.up("demo")
    installation.wait_ready()
    assert installation.noted("start")[-1] == "demo-data"
    assert "demo     | hello from demo-data" in installation.output()
    assert f"simulated phones: http://127.0.0.1:{installation.simulator_port}" in installation.output()


def test_a_taken_port_is_named_with_the_way_out_and_nothing_is_started(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        process = installation.up()
        assert process.wait(timeout=BOUND) == 1
    assert installation.output() == (
        f"Port {installation.port} for the pages cannot be used (Address already in use). Nothing was "
        "started. Stop the program that uses it, or choose another: "
        f"--port {installation.port + 1} (make demo PORT={installation.port + 1}).\n"
    )
    assert installation.noted("start") == []
    assert not (installation.data / "postgres").exists()


def test_a_second_up_on_the_same_data_is_refused(installation: Installation) -> None:
    first = installation.up()
    installation.wait_ready()
    second = installation.up()
    assert second.wait(timeout=BOUND) == 1
    assert f"in use by process {first.pid} (textbank up, since" in installation.output()
    assert installation.answers()


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("migrate", "migrate failed with exit code 3; the lines above say why."),
        ("web", "web ended 3 times (exit code 3) and was never ready. Everything was stopped"),
        ("worker", "ended 3 times (exit code 3) and was never ready. Everything was stopped"),
    ],
)
def test_a_part_that_cannot_start_at_all_ends_everything_with_a_sentence(
    installation: Installation, part: str, sentence: str
) -> None:
    process = installation.up(fails=part)
    assert process.wait(timeout=BOUND) == 1
    assert sentence in installation.output()
    assert "this part is broken on purpose" in installation.output()
    assert not installation.processes()
