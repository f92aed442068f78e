"""Set up what `make` needs, once: `.venv` from the lock, the page files, and Chromium for the tests.

Standard library only. Every step leaves a stamp of what it was made from, so that a second run takes no
time and needs no network.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
FRONTEND = ROOT / "frontend"
PAGE_FILES = ROOT / "textbank" / "web" / "static" / "vendor"
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

COMMAND = """#!{python}
import sys

from textbank.cli import main

sys.exit(main())
"""


def main() -> None:
    turn = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)  # two runs of make at once; let go when this process ends
    prepare_environment()
    prepare_page_files()
    if "--tests" in sys.argv[1:]:
        prepare_chromium()


def prepare_environment() -> None:
    stamp = Stamp("environment", [LOCK, Path(__file__)], extra=environment_version())
    if stamp.is_fresh() and works(PYTHON, "import textbank, fastapi, pytest"):
        return
    if has_moved():
        shutil.rmtree(VENV)
    if not works(PYTHON, "import sys; sys.exit(sys.version_info < (3, 11))"):
        make_environment()
    say("installing the packages of requirements.lock into .venv")
    install()
    link_project()
    stamp.set(extra=environment_version())


def has_moved() -> bool:
    """Whether the environment was made for another place, to which its commands still point."""
    command = VENV / "bin" / "textbank"
    return command.exists() and not command.read_text().startswith(f"#!{VENV}/")


def environment_version() -> str:
    """Which Python the environment has; nothing if it has none."""
    config = VENV / "pyvenv.cfg"
    return config.read_text() if config.exists() else ""


def make_environment() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    uv = shutil.which("uv")
    if uv and run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV)]) is None:
        return
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True, clear=False, upgrade_deps=False).create(VENV)
    except (subprocess.CalledProcessError, ImportError, OSError):
        fail(
            f"{sys.executable} cannot make a virtual environment. Install its venv module (on Debian and "
            "Ubuntu: apt install python3-venv) and run make again."
        )


def install() -> None:
    """With uv where there is one, because it is faster; with pip otherwise, or where uv cannot."""
    requirements = ["--require-hashes", "-r", str(LOCK)]
    uv = shutil.which("uv")
    said = None
    if uv:
        # Compiled once, here: where Python may not write byte code, every start would take seconds more.
        quickly = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
        said = run([*quickly, *requirements])
        if said is None:
            return
    if works(PYTHON, "import pip") or run([str(PYTHON), "-m", "ensurepip"]) is None:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        said = run([*pip, *requirements])
        if said is None:
            return
    fail(
        "The packages could not be installed; nothing else was changed. If this machine has no network, "
        f"connect it and run make again. The installer said:\n{(said or '')[-1500:]}"
    )


def link_project() -> None:
    """The project itself by a path file: nothing to build, and edits count at once."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    argv = [str(PYTHON), "-I", "-c", ask]
    place = subprocess.run(argv, capture_output=True, text=True, check=True)  # noqa: S603
    (Path(place.stdout.strip()) / "textbank-source.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "textbank"
    command.write_text(COMMAND.format(python=PYTHON))
    command.chmod(0o755)


def prepare_page_files() -> None:
    build = FRONTEND / "build.py"
    if not build.exists():
        return
    stamp = Stamp("page-files", frontend_sources())
    if stamp.is_fresh() and any(PAGE_FILES.glob("*")):
        return
    say("fetching the third-party files of the pages")
    run_step(build, "The page files could not be fetched")
    stamp.set()


def prepare_chromium() -> None:
    fetch = FRONTEND / "install_chromium.py"
    if not fetch.exists():
        return
    # Keeps a stamp of its own, beside what it unpacks. A machine without npm uses its own browser.
    if any(shutil.which(name) for name in CHROMIUM_NAMES):
        run([str(PYTHON), str(fetch)])
    else:
        run_step(fetch, "Chromium for the browser tests could not be fetched")


def frontend_sources() -> list[Path]:
    found = [FRONTEND / "package-lock.json", *FRONTEND.glob("*.py"), *FRONTEND.glob("*.js")]
    return sorted(path for path in found if path.is_file())


def run_step(script: Path, failure: str) -> None:
    said = run([str(PYTHON), str(script)])
    if said is not None:
        fail(
            f"{failure}. If this machine has no network, connect it and run make again. "
            f"It said:\n{said[-1500:]}"
        )


class Stamp:
    """Remembers what a step was made from."""

    def __init__(self, name: str, sources: list[Path], extra: str = "") -> None:
        self.path = VENV / f".textbank-{name}"
        self.sources = sources
        self.extra = extra

    def is_fresh(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.digest(self.extra)

    def set(self, extra: str = "") -> None:
        self.path.write_text(self.digest(extra))

    def digest(self, extra: str) -> str:
        made_from = hashlib.sha256(f"{ROOT}\n{extra}".encode())
        for path in self.sources:
            made_from.update(path.name.encode() + b"\0" + path.read_bytes())
        return made_from.hexdigest()


def works(python: Path, program: str) -> bool:
    if not python.exists():
        return False
    argv = [str(python), "-I", "-c", program]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0  # noqa: S603


def run(argv: list[str]) -> str | None:
    """None if it went well, else what it said."""
    try:
        done = subprocess.run(  # noqa: S603
            argv, capture_output=True, text=True, check=False, cwd=ROOT, env=plain_environment()
        )
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr + done.stdout


def plain_environment() -> dict[str, str]:
    """Ours, without an activated environment that installers would mistake for the one meant."""
    return {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}


def say(what: str) -> None:
    sys.stderr.write(f"textbank: {what}\n")


def fail(why: str) -> None:
    sys.stderr.write(f"{why}\n")
    raise SystemExit(1)


main()
