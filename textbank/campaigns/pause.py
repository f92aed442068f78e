"""Pause a campaign and let it go on: one row flips, and every claim and permit looks at that row."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.errors import Conflict
from textbank.language import N_

_PAUSE = sa.text(
    "update campaign set state = 'paused', paused_because = null where organization_id = :organization "
    "and id = :campaign and state = 'running' returning id"
)
_RESUME = sa.text(
    "update campaign set state = 'running', paused_because = null where organization_id = :organization "
    "and id = :campaign and state = 'paused' and rewritten_to is null returning id"
)
_STATE = sa.text(
    "select state, rewritten_to is not null as rewriting from campaign "
    "where organization_id = :organization and id = :campaign"
)


async def pause(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Let nothing more leave, but for the texts that the carrier is just being given."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_PAUSE, key)).one_or_none() is None:
        raise Conflict(N_("This campaign is not running, so there was nothing to pause."))
    audit.record(session, organization_id, "campaign.paused", actor=f"member {by}", campaign_id=campaign_id)


async def resume(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Let a paused campaign go on. Raises Conflict while new words are still being put in."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_RESUME, key)).one_or_none() is None:
        now = (await session.execute(_STATE, key)).one_or_none()
        if now is not None and now.rewriting:
            raise Conflict(
                N_("The new words are still being put into the texts that wait. Try again in a moment.")
            )
        raise Conflict(N_("This campaign is not paused, so it cannot go on. Nothing was changed."))
    audit.record(session, organization_id, "campaign.resumed", actor=f"member {by}", campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
    jobs.ring(session, jobs.Job(jobs.SEND))
