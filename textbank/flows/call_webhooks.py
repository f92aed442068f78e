"""Call the webhooks that flows asked for, after the commit and with no transaction open.

Each is called at least once: a lost answer is a repeated call, and the body carries the call's own id so that
the other side can tell. Five tries over three hours, then it is given up, and says so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from textbank.database import Database

BATCH: Final = 20
WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
LEASE: Final = timedelta(seconds=60)

Post = Callable[[str, dict[str, Any]], Awaitable[str]]
"""Calls a public address; returns "" where it was taken, else what went wrong. `textbank/public_web.py`."""

# Taking a call puts the next try off, so that a worker that dies in the middle leaves it for later.
_TAKE = sa.text(
    """
    update flow_call c set tries = c.tries + 1, next_at = now() + cast(:lease as interval)
    where c.organization_id = :organization and c.id = any(array(
      select id from flow_call where organization_id = :organization and done_at is null
        and next_at <= now() order by next_at limit :batch for update skip locked))
    returning c.id, c.url, c.body, c.tries
    """
)
_DONE = sa.text(
    "update flow_call set outcome = :outcome, done_at = case when :over then now() end, "
    "next_at = now() + cast(:wait as interval) where organization_id = :organization and id = :call "
    "and done_at is null"
)


async def call_webhooks(database: Database, organization_id: int, post: Post) -> int:
    """Call one batch, all at once; returns how many."""
    key = {"organization": organization_id}
    async with database.transaction(organization_id) as session:
        taken = (await session.execute(_TAKE, key | {"lease": LEASE, "batch": BATCH})).all()
    outcomes = await asyncio.gather(*(post(row.url, {"id": row.id, **row.body}) for row in taken))
    if taken:
        async with database.transaction(organization_id) as session:
            for row, outcome in zip(taken, outcomes, strict=True):
                over = not outcome or row.tries > len(WAITS)
                wait = timedelta() if over else WAITS[row.tries - 1]
                given = {"call": row.id, "outcome": outcome or "taken", "over": over, "wait": wait}
                await session.execute(_DONE, key | given)
    return len(taken)
