"""Caps on what we start, as a fragment of SQL with `r` a recipient's row and `c` a campaign's.

The permit asks the same under the recipient's lock, and counts. This is for telling people beforehand.
"""

from textbank.messaging.protocol import CAP_DAY, CAP_REST, CAP_TEXTS

CAPPED_UNTIL = (
    "greatest(case when not c.time_critical "
    f"then r.started[1] + interval '{CAP_REST.total_seconds()} seconds' end, "
    f"r.started[{CAP_TEXTS}] + interval '{CAP_DAY.total_seconds()} seconds')"
)
"""Until when a person gets nothing more; null, or past, where they may. Three in a day, six hours between."""
