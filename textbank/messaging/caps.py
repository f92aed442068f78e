"""Caps on what we start, as a fragment of SQL with `r` a recipient's row and `c` a campaign's.

The permit asks the same under the recipient's lock, and counts. This is for telling people beforehand.
"""

from textbank.messaging.protocol import CAP_DAY, CAP_REST, CAP_TEXTS, FEWER_REST

CAPPED_UNTIL = (
    "greatest(case when not c.time_critical "
    f"then r.started[1] + interval '{CAP_REST.total_seconds()} seconds' end, "
    f"r.started[{CAP_TEXTS}] + interval '{CAP_DAY.total_seconds()} seconds', r.rests_until, "
    "case when r.less_since is not null "
    f"then r.started[1] + interval '{FEWER_REST.total_seconds()} seconds' end)"
)
"""Until when a person gets nothing more; null, or past, where they may. Three a day, six hours between, and
what they asked for themselves: a break, or one a week."""
