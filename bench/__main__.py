"""All benchmarks, one after the other, or those named: `python -m bench blast click`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from bench import (
    answer,
    blast,
    classify,
    click,
    forecast,
    inbound,
    live_page,
    live_replies,
    page,
    soak,
    status,
    text_a_thon,
)

FIGURES: dict[str, Callable[[], Awaitable[None]]] = {
    "click": click.main,
    "blast": blast.main,
    "status": status.main,
    "inbound": inbound.main,
    "answer": answer.main,
    "classify": classify.main,
    "forecast": forecast.main,
    "live_page": live_page.main,
    "live_replies": live_replies.main,
    "page": page.main,
    "text_a_thon": text_a_thon.main,
}
LONG: dict[str, Callable[[], Awaitable[None]]] = {"soak": soak.main}
"""Only where they are named."""


def main(names: list[str]) -> int:
    """Run them; returns the exit code."""
    known = FIGURES | LONG
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or FIGURES:
        asyncio.run(known[name]())  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
