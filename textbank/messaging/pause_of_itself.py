"""Pause a campaign on all its numbers, because carriers filter its words or miss its registration.

To go on with the same words from other numbers is what carriers call snowshoeing, and shut a brand for. A
few filtered texts are normal in a large blast, so it takes three of them, and one in a hundred of what has
left since the campaign last went on. A missing registration is about every text: once is enough.
"""

import logging

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.sms.carrier_errors import ErrorClass

log = logging.getLogger(__name__)

AT_LEAST = 3
SHARE = 0.01

# What had left is read from the kept counters: it may be a second old, which errs on the side of pausing.
_COUNT = sa.text(
    """
    update campaign c set filtered = c.filtered + 1 from message m
    where m.organization_id = :organization and m.id = :message
      and c.organization_id = :organization and c.id = m.campaign_id
    returning c.id, c.filtered >= greatest(
      cast(:at_least as float8), cast(:share as float8) * (coalesce((
      select p.at_carrier + p.delivered + p.failed from campaign_progress p
      where p.organization_id = c.organization_id and p.campaign_id = c.id), 0) - c.forgiven_to)) as enough
    """
)
_PAUSE = sa.text(
    """
    update campaign set state = 'paused', paused_because = :because, paused_at = clock_timestamp()
    where organization_id = :organization and id = :campaign and paused_because is null
      and state in ('running', 'paused')
    returning id
    """
)


async def pause_of_itself(
    session: AsyncSession, organization_id: int, message_id: int, error_class: ErrorClass, code: int
) -> None:
    """Count this text against its campaign, and pause that when it is enough."""
    count = {
        "organization": organization_id,
        "message": message_id,
        "at_least": 1 if error_class is ErrorClass.REGISTRATION else AT_LEAST,
        "share": 0.0 if error_class is ErrorClass.REGISTRATION else SHARE,
    }
    found = (await session.execute(_COUNT, count)).one_or_none()
    if found is None or not found.enough:
        return
    key = {"organization": organization_id, "campaign": found.id, "because": error_class.value}
    if (await session.execute(_PAUSE, key)).one_or_none() is None:
        return
    log.error("campaign %s is paused: the carrier answered %s", found.id, code)
    audit.record(
        session,
        organization_id,
        "campaign.paused",
        actor="carrier",
        campaign_id=found.id,
        because=error_class.value,
        code=code,
    )
    changes.announce(session, organization_id, changes.DELIVERIES)
