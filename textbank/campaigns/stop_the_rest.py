"""Stop what has not left yet, for good: the state flips at once, a job ends the texts that wait."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.errors import Conflict
from textbank.language import N_
from textbank.sms.status import RANK

BATCH = 5_000

_STOP = sa.text(
    "update campaign set state = 'stopped', finished_at = now(), rewritten_to = null, "
    "frozen_at = coalesce(frozen_at, now()) where organization_id = :organization and id = :campaign "
    "and state in ('running', 'paused') returning id"
)
# A text with an attempt is with the carrier or on its way there: its outcome ends it.
_END = sa.text(
    f"""
    with waits as (
      select o.message_id from outbox_group g
      join outbox o on o.organization_id = g.organization_id and o.group_id = g.id
      join campaign c on c.organization_id = g.organization_id and c.id = g.campaign_id
        and c.state = 'stopped'
      where g.organization_id = :organization and g.campaign_id = :campaign and o.attempt_id is null
      limit :batch for update of o skip locked),
    told as (
      insert into delivery (organization_id, message_id, rank, status)
      select :organization, message_id, {RANK["stopped"]}, 'stopped' from waits on conflict do nothing)
    delete from outbox o using waits
    where o.organization_id = :organization and o.message_id = waits.message_id
    """  # noqa: S608 - the interpolated value is our own integer constant
)
# Groups of stopped campaigns go, because every pump reads all groups at each tick.
_TIDY = sa.text(
    """
    delete from outbox_group g using campaign c
    where g.organization_id = :organization and g.campaign_id = :campaign
      and c.organization_id = g.organization_id and c.id = g.campaign_id and c.state = 'stopped'
      and not exists (select from outbox o where o.organization_id = g.organization_id and o.group_id = g.id)
    """
)


async def stop_the_rest(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """From now on nothing of this campaign leaves. Raises Conflict where it was over already."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_STOP, key)).one_or_none() is None:
        raise Conflict(N_("This campaign is not under way, so there was nothing to stop."))
    audit.record(session, organization_id, "campaign.stopped", actor=f"member {by}", campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


async def end_stopped(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """End a batch of a stopped campaign's waiting texts unsent; returns how many."""
    key = {"organization": organization_id, "campaign": campaign_id}
    ended = await session.execute(_END, {**key, "batch": BATCH})
    await session.execute(_TIDY, key)
    count: int = ended.rowcount  # type: ignore[attr-defined]
    return count
