"""Let senders try again whose rest is over by itself."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs

_END = sa.text(
    "update sender set halted_at = null, halted_reason = null, retry_at = null "
    "where organization_id = :organization and retry_at < now()"
)


async def end_rests(session: AsyncSession, organization_id: int) -> None:
    """End what is over; the next refusal puts a sender to rest again."""
    await session.execute(_END, {"organization": organization_id})
    jobs.ring(session, jobs.Job(jobs.SEND))
