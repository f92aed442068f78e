"""Where a text is: the carrier's statuses and ours, and the one rule by which they move forward.

Callbacks come late, twice and out of order, and the answer to our own call may come after them. So every
status has a rank and none goes back. Twilio's page on the order of callbacks:
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

from typing import Final

RANK: Final[dict[str, int]] = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    # Ended here, before any carrier had it.
    "given_up": 4,
    "suppressed": 4,
    "expired": 4,
    "stopped": 4,
    "no_basis": 4,
    "dead_number": 4,
    "refused": 4,
    "delivered": 5,
}
"""How far each status is along. An unknown status has no rank and never counts."""

TERMINAL: Final[frozenset[str]] = frozenset(status for status, rank in RANK.items() if rank >= 4)
"""Statuses after which nothing is expected any more."""

ENDED_HERE: Final[frozenset[str]] = frozenset(
    {"given_up", "suppressed", "expired", "stopped", "no_basis", "dead_number", "refused"}
)
"""Terminal statuses that we gave ourselves, without or against the carrier."""


def advances(current: str | None, new: str) -> bool:
    """Whether `new` replaces `current`.

    A first terminal status stays, but for one case: a handset's receipt ("delivered") outranks a
    carrier's "undelivered", which some carriers report too early.
    """
    if new not in RANK:
        return False
    if current is None or current not in RANK:
        return True
    if current in TERMINAL:
        return current == "undelivered" and new == "delivered"
    return RANK[new] > RANK[current]


ADVANCES_SQL: Final = (
    "(CASE WHEN delivery.rank >= 4"
    " THEN delivery.status = 'undelivered' AND excluded.status = 'delivered'"
    " ELSE excluded.rank > delivery.rank END)"
)
"""`advances` for `ON CONFLICT … DO UPDATE … WHERE`: the row there is `delivery`, the new one `excluded`.

Both rows carry `rank` beside `status`, written from `RANK`; a status without a rank is not written at all.
"""
