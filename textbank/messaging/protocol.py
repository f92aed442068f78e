"""The times that the way out is built on. Each is part of a proof; see docs/architecture.md."""

from datetime import timedelta
from typing import Final

PERMIT_WRITE_SECONDS: Final = 1.5
"""The transport writes no first byte later than this after the permit was *asked for*, on a clock that
counts suspended time. Half a second under `PERMIT_LIFETIME`, so that no scheduling of one event loop
and no difference between two machines' idea of a second can make a byte leave after it."""

PERMIT_LIFETIME: Final = timedelta(seconds=2)
"""How long after `permit_at` a permit without an outcome must be taken for usable; what STOP waits out."""

STOP_WAIT_LIMIT_SECONDS: Final = 4.0
"""A STOP that cannot be sure within this time answers 503, and the carrier brings it again."""

CLAIM_LEASE: Final = timedelta(seconds=15)
"""A claim older than this without a permit is taken back; its owner died or froze. Harmless to take
from a living one: the permit checks the claim's token under a lock."""

CALL_TIMEOUT_SECONDS: Final = 10.0
"""Longest wait for the carrier's answer; then the outcome is unknown."""

UNKNOWN_AFTER: Final = timedelta(seconds=30)
"""A permit without any outcome for this long is settled like an unknown: whoever held it is gone."""

SLOTS: Final = 300
"""Texts that one worker process has under way at most."""

SLOTS_KEPT: Final = 60
"""Slots that only answers and replies may use (promise 8)."""

MICRO_BATCH: Final = 80
"""Texts permitted by one statement: a third of a worker's slots for what we start (decision 0031)."""

FEEDING_ENDS: Final = timedelta(seconds=60)
"""We stop feeding the carrier this long before a sending window closes."""

VALIDITY_MAX: Final = 3_600
VALIDITY_MIN: Final = 30
"""Seconds a text may wait in the carrier's own queue: never past the window's end (promise 4)."""

LIVE_THREADS_WAIT: Final = timedelta(minutes=10)
"""How long a reply waits for its own number to come back from a rest, before another one takes it."""

CAP_TEXTS: Final = 3
CAP_DAY: Final = timedelta(hours=24)
CAP_REST: Final = timedelta(hours=6)
"""Of what we start, a person gets at most so many texts in so long, and none sooner after another."""
FEWER_REST: Final = timedelta(days=7)
"""Between two texts that we start, for somebody who asked for less."""

REPLY_EXEMPT: Final = timedelta(hours=1)
"""A texter may answer outside quiet hours somebody who wrote within this time."""

ANSWER_TIMELY: Final = timedelta(minutes=5)
"""An automatic answer later than this would confuse; for the opt-out confirmation it is also the limit
of 47 CFR 64.1200(a)(12)."""

ABSENCE_CONFIRMED_AFTER: Final = timedelta(minutes=10)
"""An unknown text must be missing from the carrier's list twice, this far apart, to count as not there."""

HEARING_GAP: Final = timedelta(seconds=20)
"""A silence of the web process longer than this is a gap in hearing: short enough that little can be
missed, long enough that a restart (a few seconds, bridged by the carrier's own retries) is none."""
