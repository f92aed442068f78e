"""Break each promise on purpose and see its tests fail: `make mutants`, or `… mutants 1- 4-window`.

A test that has never been red proves little. Each `*.patch` beside this file breaks one thing that a promise
rests on; it says so in its first lines, with the test files that must notice. They are run on a copy of
HEAD with the patch applied, and at least one test must *fail*: an error in setting up does not count, nor
does a patch that no longer applies. The same files must be green without any patch.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
AT_ONCE = 2
LONGEST_RUN_SECONDS = 900
BUILT = ("textbank/web/static/vendor",)
"""What a build puts beside the sources and git does not hold."""

_git = threading.Lock()


@dataclass(frozen=True, slots=True)
class Mutant:
    """One patch."""

    name: str
    file: Path
    breaks: str
    caught_by: tuple[str, ...]

    @classmethod
    def read(cls, file: Path) -> "Mutant":
        """Read the header. Raises ValueError where it does not say what it must."""
        header = dict(
            line.lstrip("# ").split(": ", 1)
            for line in file.read_text().split("\n--- ")[0].splitlines()
            if ": " in line
        )
        if not header.get("breaks") or not header.get("caught by"):
            message = f"{file.name} does not say what it breaks and by which files it is caught"
            raise ValueError(message)
        return cls(file.stem, file, header["breaks"], tuple(header["caught by"].split()))


@dataclass(frozen=True, slots=True)
class Ran:
    """How the tests went on one copy."""

    verdict: str
    """`green`, `red`, or what went wrong instead."""
    failed: str = ""
    seconds: float = 0.0
    output: str = ""


@contextmanager
def copy_of(commit: str) -> Iterator[Path]:
    """A working copy of that commit in a directory of its own."""
    place = Path(tempfile.mkdtemp(prefix="tb-mutant-"))
    copy = place / "copy"
    try:
        with _git:
            git("worktree", "add", "--quiet", "--detach", str(copy), commit)
        for built in BUILT:
            if (ROOT / built).exists() and not (copy / built).exists():
                (copy / built).symlink_to(ROOT / built)
        yield copy
    finally:
        with _git:
            git("worktree", "remove", "--force", str(copy), check=False)
        shutil.rmtree(place, ignore_errors=True)


def git(*arguments: str, check: bool = True, cwd: Path = ROOT) -> str:
    done = subprocess.run(["git", *arguments], cwd=cwd, check=check, capture_output=True, text=True)
    return done.stdout.strip()


def run_mutant(mutant: Mutant, commit: str) -> Ran:
    """Apply the patch and run what must notice."""
    with copy_of(commit) as copy:
        applied = subprocess.run(
            ["git", "apply", "--whitespace=nowarn", str(mutant.file)],
            cwd=copy,
            check=False,
            capture_output=True,
            text=True,
        )
        if applied.returncode:
            return Ran("does not apply", output=applied.stderr)
        return run_tests(copy, mutant.caught_by)


def run_unbroken(file: str, commit: str) -> Ran:
    """The same tests without a patch."""
    with copy_of(commit) as copy:
        return run_tests(copy, (file,))


def run_tests(copy: Path, files: Sequence[str]) -> Ran:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    imported = subprocess.run(
        [sys.executable, "-c", "import textbank; print(textbank.__file__)"],
        cwd=copy,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    if not Path(imported).resolve().is_relative_to(copy.resolve()):
        return Ran("tests another copy", output=imported)
    report = copy.parent / "report.xml"
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", f"--junitxml={report}", *files],
            cwd=copy,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Ran("never ended", seconds=LONGEST_RUN_SECONDS)
    return judge(done.returncode, report, time.monotonic() - began, done.stdout + done.stderr)


def judge(exit_code: int, report: Path, seconds: float, output: str) -> Ran:
    """Green, red, or neither: a test that could not even begin has noticed nothing."""
    if exit_code == 0:
        return Ran("green", "", seconds, output)
    if exit_code != 1 or not report.exists():
        return Ran(f"pytest ended with {exit_code}", "", seconds, output)
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - written by our own pytest
    failed = [case.get("name", "") for case in cases if case.find("failure") is not None]
    return Ran("red", failed[0], seconds, output) if failed else Ran("broke the set-up", "", seconds, output)


def tell(wanted: str, name: str, ran: Ran, breaks: str = "") -> bool:
    """Print one line of the table; more where it is not as it must be."""
    right = ran.verdict == wanted
    print(f"{'ok' if right else 'NO':<3} {ran.verdict:<18} {ran.seconds:6.1f} s  {name}", flush=True)
    if breaks:
        print(f"    {breaks}", flush=True)
    if ran.failed:
        print(f"    noticed by {ran.failed}", flush=True)
    if not right:
        print("    | " + "\n    | ".join(ran.output.splitlines()[-40:]), flush=True)
    return right


def main(names: Sequence[str]) -> int:
    """Run all, or those whose names begin with one of these; returns how many did not do as they must."""
    mutants = [Mutant.read(file) for file in sorted(HERE.glob("*.patch"))]
    if names:
        mutants = [mutant for mutant in mutants if mutant.name.startswith(tuple(names))]
    if not mutants:
        print("There is no mutant of that name.")
        return 1
    commit = git("rev-parse", "HEAD")
    files = sorted({file for mutant in mutants for file in mutant.caught_by})
    print(f"{len(mutants)} mutants of {commit[:10]}, caught by {len(files)} files\n\nUnbroken")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        unbroken = pool.map(lambda file: run_unbroken(file, commit), files)
        wrong = sum(not tell("green", file, ran) for file, ran in zip(files, unbroken, strict=True))
        print("\nBroken")
        broken = pool.map(lambda mutant: run_mutant(mutant, commit), mutants)
        wrong += sum(
            not tell("red", mutant.name, ran, mutant.breaks)
            for mutant, ran in zip(mutants, broken, strict=True)
        )
    print(f"\n{'All as it must be.' if not wrong else f'{wrong} not as it must be.'}")
    return min(wrong, 125)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
