"""The only module that knows the time, so that tests can move it and no rule reads two clocks.

Three clocks exist, each for one purpose: `now` for what people and the law see, `monotonic` for
measuring, and `boot_seconds` for deadlines that must also pass while this process, or the whole
machine, is suspended (a laptop's lid, a frozen worker).
"""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present, as an aware datetime in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def boot_seconds() -> float:
    """Seconds since boot *including* time spent suspended; differences only.

    `CLOCK_BOOTTIME` exists on Linux. Elsewhere (a developer's Mac) `CLOCK_MONOTONIC` counts
    suspended time already.
    """
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
