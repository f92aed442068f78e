"""How a process that runs for weeks looks for garbage.

Python walks through what it holds whenever seven hundred objects more were made than freed, and now and
then through all of it: hundreds of thousands that were read at start and never go. In a blast that took a
quarter of a worker's time (decision 0032). Most of our garbage is freed without any walk, as soon as nobody
refers to it.
"""

import gc
from typing import Final

NEW_OBJECTS: Final = 50_000
"""So many before a walk. As many may lie about as garbage meanwhile: a few megabytes."""


def spare_what_was_read() -> None:
    """Leave what is there now out of every search, and search less often. For a process that has read its
    code and has not begun to work; what it forks afterwards goes on sharing that memory."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 50)
