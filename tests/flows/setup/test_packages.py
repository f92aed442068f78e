"""What is handed out runs: the wheel holds everything, and compose.yaml names only what exists."""

import json
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
import typer

from textbank.cli import app
from textbank.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = (ROOT / "compose.yaml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
BEFORE, _, AFTER = COMPOSE.partition("\nservices:\n")
# A reader of YAML is no dependency of ours; the file keeps to two spaces, so that its blocks can be cut out.
SERVICES = dict(
    re.findall(r"^  (\w+):\n((?:(?:    .*)?\n)+)", AFTER.partition("\nnetworks:\n")[0] + "\n", re.M)
)
OURS = {name: text for name, text in SERVICES.items() if "<<: *textbank" in text}
NO_BACKEND = "the wheel's build backend cannot be fetched here"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(made), str(ROOT)]
    built = subprocess.run(pip, capture_output=True, text=True, check=False)
    if built.returncode and (
        "No matching distribution" in built.stderr or "No module named pip" in built.stderr
    ):
        pytest.skip(NO_BACKEND)
    assert built.returncode == 0, built.stderr
    return next(made.glob("*.whl"))


def test_the_wheel_holds_templates_translations_migrations_and_page_files(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "textbank", "templates", "workers"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [name for name in tracked if name not in held and (ROOT / name).exists()] == []
    assert "textbank/web/static/vendor/htmx.min.js" in held


def test_the_wheel_runs_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    place = Path(
        subprocess.run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )
    with zipfile.ZipFile(wheel) as files:
        files.extractall(place)
    # What it depends on is taken from here; what is ours must come from the wheel alone.
    (place / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    script = (
        "import json, sys, textbank.app, textbank.cli\n"
        "from textbank.web.templating import environment\n"
        "from textbank.web.static_files import static\n"
        "page = environment('es').get_template('error.html')\n"
        "from textbank.web.language import translations\n"
        "words = translations('es').gettext('Settings')\n"
        "print(json.dumps([textbank.__file__, static('vendor/htmx.min.js'), words]))"
    )
    ran = subprocess.run(
        [str(python), "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    from_where, _, word = json.loads(ran.stdout)
    assert Path(from_where).is_relative_to(place)
    assert word == "Configuración"
    helped = subprocess.run(
        [str(python), "-m", "textbank.cli", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    assert "setup" in helped.stdout


def test_every_command_of_compose_and_dockerfile_exists() -> None:
    group = typer.main.get_command(app)
    assert set(OURS) == {"migrate", "web", "worker", "schedule"}
    for text in OURS.values():
        [words] = re.findall(r"^    command: \[(.+)\]$", text, re.M)
        command, *rest = words.split(", ")
        known = group.commands[command]  # type: ignore[attr-defined]
        options = {name for parameter in known.params for name in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, command
    [started] = re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.M)
    assert started in group.commands  # type: ignore[attr-defined]


def test_every_setting_of_compose_dockerfile_and_example_exists() -> None:
    known = {name.upper() for name in Settings.model_fields}
    ours = BEFORE + "".join(OURS.values())
    named = set(re.findall(r"^ {4,6}([A-Z][A-Z_]+):", ours, re.M))
    assert {"DATABASE_URL", "REDIS_URL", "TEXTBANK_PUBLIC_URL", "TEXTBANK_SECRET_KEY"} <= named <= known
    assert set(re.findall(r"\b(TEXTBANK_[A-Z_]+)=", DOCKERFILE)) <= known
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
    assert set(example) == known - {"TEXTBANK_ABSENCE_SECONDS"}, "shorter in tests alone"


def test_every_service_restarts_is_watched_and_keeps_what_must_be_kept() -> None:
    assert set(SERVICES) == {"caddy", "migrate", "web", "worker", "schedule", "postgres", "valkey"}
    for name, text in SERVICES.items():
        always = "restart: unless-stopped" in (BEFORE if name in OURS else text)
        assert always, name
        assert name in ("migrate", "caddy") or "healthcheck:" in text, name
        for source in re.findall(r"^      - ([\w./]+):/", text, re.M):
            kept = re.search(rf"^  {re.escape(source)}:$", AFTER.partition("\nvolumes:\n")[2], re.M)
            assert kept or (ROOT / source).is_file(), source
    public = {name for name, text in SERVICES.items() if "ports:" in text}
    assert public == {"caddy"}, "nothing but the proxy can be reached from outside"
    assert "\t" not in COMPOSE


def test_what_the_dockerfile_copies_is_let_in_and_is_there() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for word in line.split()[:-1]
    ]
    assert set(copied) == let_in
    assert all((ROOT / word).exists() for word in copied)
    assert re.search(r"^USER textbank$", DOCKERFILE, re.M)
