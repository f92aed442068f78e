"""How this process logs: one line an event, to standard error, never a supporter's words or number."""

import logging
import sys


def configure(level: str, part: str) -> None:
    """Send every logger's lines to standard error, marked with the part that speaks (web, worker…)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(f"%(asctime)s {part} %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)


def masked(number: str) -> str:
    """A phone number as logs may show it: the last four digits only."""
    return f"…{number[-4:]}" if len(number) > 4 else "…"
