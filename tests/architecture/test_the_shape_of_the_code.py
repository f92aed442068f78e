"""The rules of how the code is laid out, held by a machine. Imports are held by `lint-imports`."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("textbank", "workers")

LONGEST_FILE = 300
LONGEST_TEST_FILE = 350
"""A file of tests may list cases; what is listed need not be held in mind."""
MAY_BE_LONGER = {
    "textbank/migrations/versions/0001_first_schema.py": "one migration is one file",
}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "service", "manager", "common", "misc"}

COMMITS = {
    "textbank/database.py": "the edge of every request and task",
    "textbank/migrations/migrate.py": "makes roles and tables with a connection of its own",
    "textbank/migrations/env.py": "Alembic's own entry, for developers",
}
TOUCHES_ENVIRONMENT = {
    "textbank/embedded/keeper.py": "gives a child the environment it was told to, and reads none",
}
SPEAKS_HTTP = ("textbank/twilio/", "textbank/simulator/")
ASKS_ITSELF = {
    "textbank/public_web.py": "calls the webhooks that flows name, on the public internet only",
    "textbank/carriers_pictures.py": "fetches pictures from where the carrier keeps them",
    "textbank/cli/parts.py": "asks our own web process on this machine whether it is up",
    "textbank/cli/setup_running.py": "asks our own web process on this machine whether it is ready",
    "textbank/setup/address.py": "asks our own web process through its public address",
}


def tracked(pattern: str = "*") -> list[Path]:
    """Every file in the repository, also those just made, but none that is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def product() -> list[Path]:
    return [file for file in tracked("*.py") if name_of(file).split("/")[0] in PRODUCT]


def nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text()))


def imports(file: Path) -> set[str]:
    """What a file imports, written out: `time`, `time.sleep`, `textbank.clock`."""
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imports_from(file: Path, *packages: str) -> bool:
    """Whether a file imports one of these packages, or anything in it."""
    return any(name == one or name.startswith(f"{one}.") for name in imports(file) for one in packages)


def attributes(file: Path) -> set[tuple[str, str]]:
    """Every `thing.name` in a file; the thing is empty where it is more than a name."""
    return {
        (node.value.id if isinstance(node.value, ast.Name) else "", node.attr)
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
    }


def test_there_is_something_to_look_at() -> None:
    assert len(product()) > 100


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = set()
    for file in tracked("*.py"):
        most = LONGEST_TEST_FILE if name_of(file).startswith("tests/") else LONGEST_FILE
        if len(file.read_text().splitlines()) > most:
            long.add(name_of(file))
    assert long == set(MAY_BE_LONGER)


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name_of(file) for file in tracked("*.py") if file.stem in NAMES_THAT_SAY_NOTHING] == []


def test_every_file_says_what_lives_in_it() -> None:
    silent = [
        name_of(file)
        for file in tracked("*.py")
        if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


def test_only_the_clock_knows_the_time() -> None:
    """A rule that reads two clocks cannot be tested. (To sleep is not to know the time.)"""
    now = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
    asking = {
        name_of(file)
        for file in product()
        if attributes(file) & now
        or any(name == "time" or name.startswith("time.") for name in imports(file) - {"time.sleep"})
    }
    assert asking == {"textbank/clock.py"}


def test_only_the_settings_read_the_environment() -> None:
    environment = {("os", name) for name in ("environ", "environb", "getenv", "putenv", "unsetenv")}
    reading = {name_of(file) for file in product() if attributes(file) & environment}
    assert reading == set(TOUCHES_ENVIRONMENT)  # `settings.py` itself leaves it to pydantic
    assert {name_of(file) for file in product() if imports_from(file, "pydantic_settings")} == {
        "textbank/settings.py"
    }


def test_only_the_edge_commits() -> None:
    committing = {
        name_of(file)
        for file in product()
        for node in nodes(file)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "begin", "begin_nested")
        and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "self")
    }
    assert committing == set(COMMITS)


def test_only_the_carrier_packages_speak_http() -> None:
    clients = ("aiohttp", "httpx", "requests", "urllib.request", "urllib3", "http.client", "twilio")
    speaking = {name_of(file) for file in product() if imports_from(file, *clients)}
    assert {name for name in speaking if not name.startswith(SPEAKS_HTTP)} == set(ASKS_ITSELF)


REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "//registry" + ".",
]


@pytest.mark.parametrize("address", REGISTRIES)
def test_no_address_of_a_package_registry_is_committed(address: str) -> None:
    """Which registry is asked is for whoever installs to say; a mirror must work without a change here."""
    naming = []
    for file in tracked():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        if address in text:
            naming.append(name_of(file))
    assert naming == []
