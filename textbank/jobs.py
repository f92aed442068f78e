"""What should be done soon, said inside a transaction and rung after its commit.

A job is only a doorbell: everything it is about stands in PostgreSQL, and the schedule looks there
twice a second, so a job that is lost costs half a second and nothing else. `broker.py` is the one
that really publishes; it is plugged in here when a process starts, so that domain code never knows
the queue.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.database import after_commit


@dataclass(frozen=True, slots=True)
class Job:
    """A task by name, for one organization (0: for all)."""

    name: str
    organization_id: int = 0


SEND = "send"
SEAL = "seal"
RECONCILE = "reconcile"
SETTLE = "settle"
COME_BACK = "come_back"
TIDY = "tidy"
QUEUE_AUDIENCE = "queue_audience"
IMPORT = "import_contacts"
CAMPAIGNS = "look_after_campaigns"
BACKUP = "backup"
CALL_OUT = "call_webhooks"
LOOK_UP = "look_up_carriers"

Publisher = Callable[[Job], None]

_publisher: Publisher | None = None


def publish_with(publisher: Publisher | None) -> None:
    """Plug in what rings. It must not block: it is called on the event loop."""
    global _publisher  # noqa: PLW0603 - one per process, set at start-up
    _publisher = publisher


def ring(session: AsyncSession, job: Job) -> None:
    """Ring for this job once the transaction is committed."""
    after_commit(session, lambda: publish_now(job))


def publish_now(job: Job) -> None:
    """Ring at once; for callers that have committed already."""
    if _publisher is not None:
        _publisher(job)
