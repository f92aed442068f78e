"""Pause campaigns whose next text has no room in a budget. Their texts stay with us, as they are."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit

# A month's budget binds every campaign, also one that has just begun.
_PAUSE = sa.text(
    """
    update campaign set state = 'paused', paused_because = :because, paused_at = clock_timestamp()
    where organization_id = :organization and state = 'running'
      and (id = any(cast(:campaigns as bigint[])) or :because = 'month_budget')
    returning id
    """
)


async def pause_for_budget(
    session: AsyncSession, organization_id: int, over_budget: Mapping[int | None, str]
) -> None:
    """`over_budget`: campaign id → `budget` or `month_budget`."""
    for because in sorted(set(over_budget.values())):
        campaigns = sorted(each for each, why in over_budget.items() if each and why == because)
        key = {"organization": organization_id, "campaigns": campaigns, "because": because}
        for campaign_id in (await session.scalars(_PAUSE, key)).all():
            audit.record(
                session,
                organization_id,
                "campaign.paused",
                actor="budget",
                campaign_id=campaign_id,
                because=because,
            )
    changes.announce(session, organization_id, changes.DELIVERIES)
