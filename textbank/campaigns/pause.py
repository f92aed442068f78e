"""Pause a campaign and let it go on: one row flips, and every claim and permit looks at that row.

A campaign that paused by itself, because carriers filter it or miss its registration, or because unusually
many opted out or failed (`watch.py`), goes on with other words than those, or for a reason that stays on
record: to go on as if nothing had been is what costs an organization its numbers.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.spend import SPENT_THIS_MONTH

SHORTEST_REASON = 15
USED_UP = {
    "budget": N_("Its budget is used up. Raise the budget first, then let it go on. Nothing was changed."),
    "month_budget": N_(
        "This month's budget is used up. Raise it in the settings first, or wait for the next month; then "
        "let the campaign go on. Nothing was changed."
    ),
}

_PAUSE = sa.text(
    "update campaign set state = 'paused', paused_because = null, paused_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign and state = 'running' returning id"
)
_RESUME = sa.text(
    "update campaign c set state = 'running', paused_because = null, paused_at = null, filtered = 0, "
    "forgiven_to = coalesce((select p.at_carrier + p.delivered + p.failed from campaign_progress p "
    "where p.organization_id = c.organization_id and p.campaign_id = c.id), 0), "
    "forgiven = coalesce((select jsonb_build_object('delivered', p.delivered, 'failed', p.failed, "
    "'opted_out', p.opted_out, 'senders', p.senders) from campaign_progress p "
    "where p.organization_id = c.organization_id and p.campaign_id = c.id), '{}'), "
    "rest_at = case when c.paused_because = 'first_part' then clock_timestamp() else c.rest_at end "
    "where c.organization_id = :organization and c.id = :campaign and c.state = 'paused' "
    "and c.rewritten_to is null returning c.id"
)
_WARNED = sa.text(
    "select c.paused_because from campaign c join script s on s.organization_id = c.organization_id "
    "and s.id = c.script_id where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'paused' and c.paused_because in ('filtered', 'registration', 'opted_out', 'failed') "
    "and s.created_at <= c.paused_at for no key update of c"
)
# No room for a single segment: to go on would only pause it again.
_USED_UP = sa.text(
    f"""
    select c.paused_because from campaign c
    join organization n on n.id = c.organization_id
    left join campaign_spend p on p.organization_id = c.organization_id and p.campaign_id = c.id
    left join month_spend b on b.organization_id = c.organization_id
    where c.organization_id = :organization and c.id = :campaign and c.state = 'paused'
      and (c.paused_because = 'budget' and p.budget - p.spent < n.segment_price
        or c.paused_because = 'month_budget' and b.budget - {SPENT_THIS_MONTH} < n.segment_price)
    """  # noqa: S608 - the interpolated fragment is our own constant
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


async def resume(
    session: AsyncSession, organization_id: int, campaign_id: int, *, by: int, because: str = ""
) -> None:
    """Let a paused campaign go on. Raises Conflict while new words are still being put in, InvalidInput where
    it paused by itself and neither the words have changed nor a reason is given, Conflict where the budget
    that paused it has no room."""
    key = {"organization": organization_id, "campaign": campaign_id}
    because = " ".join(because.split())
    warned = (await session.execute(_WARNED, key)).scalar_one_or_none()
    if warned is not None and len(because) < SHORTEST_REASON:
        raise InvalidInput(
            N_(
                "This campaign paused by itself, so it goes on only with other words, or for a reason. Write "
                "down in a sentence why it may go on as it is. Nothing was changed."
            )
        )
    used_up = (await session.execute(_USED_UP, key)).scalar_one_or_none()
    if used_up is not None:
        raise Conflict(USED_UP[used_up])
    if (await session.execute(_RESUME, key)).one_or_none() is None:
        now = (await session.execute(_STATE, key)).one_or_none()
        if now is not None and now.rewriting:
            raise Conflict(
                N_("The new words are still being put into the texts that wait. Try again in a moment.")
            )
        raise Conflict(N_("This campaign is not paused, so it cannot go on. Nothing was changed."))
    audit.record(
        session,
        organization_id,
        "campaign.resumed",
        actor=f"member {by}",
        campaign_id=campaign_id,
        **({"reason": because, "after": warned} if warned else {}),
    )
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
    jobs.ring(session, jobs.Job(jobs.SEND))
