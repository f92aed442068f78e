"""Say of a campaign that it is so urgent that nobody need rest between two texts, and what it may cost."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.accounts.prices import budget_of
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

_CRITICAL = sa.text(
    "update campaign set time_critical = :critical, critical_because = :because, critical_by_id = :by, "
    "changed_at = clock_timestamp() where organization_id = :organization and id = :campaign "
    "and state in ('draft', 'running', 'paused') returning id"
)
# The permit judges each of them again, and holds whoever had three in a day.
_LET_GO = sa.text(
    "update outbox o set due_at = clock_timestamp(), held = null where o.organization_id = :organization "
    "and o.held = 'cap' and o.group_id = any(array(select id from outbox_group "
    "where organization_id = :organization and campaign_id = :campaign))"
)
_BUDGET = sa.text(
    "insert into campaign_spend as b (organization_id, campaign_id, budget) "
    "values (:organization, :campaign, cast(:budget as numeric)) "
    "on conflict (organization_id, campaign_id) do update set budget = excluded.budget "
    "returning b.spent"
)
_STATE = sa.text("select state from campaign where organization_id = :organization and id = :campaign")
_SPEND = sa.text(
    "select coalesce(max(spent), 0) as spent, max(budget) as budget from campaign_spend "
    "where organization_id = :organization and campaign_id = :campaign"
)
_OVER = N_("This campaign is over, so this cannot be changed any more. Nothing was changed.")


async def call_time_critical(
    session: AsyncSession, organization_id: int, campaign_id: int, because: str, *, by: int
) -> None:
    """Let it skip the six hours between two texts, for a reason that stays on record; three in a day bind it
    still. Raises InvalidInput, Conflict."""
    because = " ".join(because.split())
    if not 20 <= len(because) <= 500:
        raise InvalidInput(N_("Say in 20 to 500 characters why this cannot wait. Nothing was changed."))
    await _set(session, organization_id, campaign_id, critical=True, because=because, by=by)
    await session.execute(_LET_GO, {"organization": organization_id, "campaign": campaign_id})
    _note(session, organization_id, campaign_id, "campaign.time_critical", by, reason=because)
    jobs.ring(session, jobs.Job(jobs.SEND))


async def let_caps_bind(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Take that back."""
    await _set(session, organization_id, campaign_id, critical=False, because="", by=None)
    _note(session, organization_id, campaign_id, "campaign.not_time_critical", by)


async def set_budget(
    session: AsyncSession, organization_id: int, campaign_id: int, written: str, *, by: int
) -> None:
    """Set how many dollars a campaign's texts may cost; empty takes the limit away.

    Raises InvalidInput, Conflict once it is over, NotFound.
    """
    budget = budget_of(written)
    key = {"organization": organization_id, "campaign": campaign_id}
    state = (await session.execute(_STATE, key)).scalar_one_or_none()
    if state is None:
        raise NotFound(N_("There is no such campaign."))
    if state not in ("draft", "running", "paused"):
        raise Conflict(_OVER)
    await session.execute(_BUDGET, {**key, "budget": budget})
    _note(session, organization_id, campaign_id, "campaign.budget", by, budget=written_as(budget))


async def spend_of(session: AsyncSession, organization_id: int, campaign_id: int) -> Any:
    """What a campaign has cost (`spent`) and may (`budget`, None: no limit)."""
    key = {"organization": organization_id, "campaign": campaign_id}
    return (await session.execute(_SPEND, key)).one()


def written_as(budget: Decimal | None) -> str:
    """A budget as a form and the audit log write it."""
    return "" if budget is None else f"{budget:.2f}"


async def _set(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    critical: bool,
    because: str,
    by: int | None,
) -> None:
    key = {"organization": organization_id, "campaign": campaign_id}
    changed = await session.execute(_CRITICAL, {**key, "critical": critical, "because": because, "by": by})
    if changed.one_or_none() is None:
        raise Conflict(_OVER)
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


def _note(
    session: AsyncSession, organization_id: int, campaign_id: int, action: str, by: int, **more: Any
) -> None:
    audit.record(session, organization_id, action, actor=f"member {by}", campaign_id=campaign_id, **more)
