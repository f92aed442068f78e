"""How far a campaign is: with us, at the carrier, done."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_COUNTS = sa.text(
    """
    select coalesce((select frozen_at is not null from campaign
        where organization_id = :organization and id = :campaign), true) as frozen,
      count(*) as audience,
      count(*) filter (where m.message_id is null or (d.status is null and o.message_id is not null))
        as with_us,
      count(*) filter (where d.status in ('accepted', 'scheduled', 'queued', 'sending', 'sent'))
        as at_carrier,
      count(*) filter (where d.status = 'delivered') as delivered,
      count(*) filter (where d.status in ('undelivered', 'failed', 'canceled', 'refused', 'given_up',
        'dead_number')) as failed,
      count(*) filter (where d.status in ('suppressed', 'no_basis', 'stopped', 'expired')) as not_sent
    from audience_member m
    left join delivery d on d.organization_id = m.organization_id and d.message_id = m.message_id
    left join outbox o on o.organization_id = m.organization_id and o.message_id = m.message_id
    where m.organization_id = :organization and m.campaign_id = :campaign
    """
)
_STANDING = sa.text(
    "select state, paused_because from campaign where organization_id = :organization and id = :campaign"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of one campaign's texts."""

    frozen: bool
    """Whether the whole audience stands; before, `audience` still grows."""
    audience: int
    with_us: int
    at_carrier: int
    delivered: int
    failed: int
    not_sent: int

    @property
    def handed_over(self) -> int:
        """Texts that no longer wait with us, whatever became of them."""
        return self.audience - self.with_us


async def progress(session: AsyncSession, organization_id: int, campaign_id: int) -> Progress:
    """Count one campaign. It reads the campaign's rows: for the command line, not for a page."""
    row = (await session.execute(_COUNTS, {"organization": organization_id, "campaign": campaign_id})).one()
    return Progress(*row)


async def standing(session: AsyncSession, organization_id: int, campaign_id: int) -> tuple[str, str | None]:
    """A campaign's state, and why it is paused where nobody pressed a button."""
    row = (await session.execute(_STANDING, {"organization": organization_id, "campaign": campaign_id})).one()
    return row.state, row.paused_because
