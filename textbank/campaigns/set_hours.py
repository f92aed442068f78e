"""Say of a draft by which hours it leaves: whether it sells, until when, and what an admin lifts."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock, jobs
from textbank.accounts import audit
from textbank.campaigns.draft import draft_of
from textbank.campaigns.own_hours import rule_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_
from textbank.messaging.hours import FEDERAL_HOURS

_ROW = sa.text(
    "select sells, hours_open, hours_close, ends_at_place, ends_at, starts_at_place, starts_at from campaign "
    "where organization_id = :organization and id = :campaign"
)
_SELLS = sa.text(
    "update campaign set sells = :sells, hours_open = null, hours_close = null, hours_because = '', "
    "hours_by_id = null where organization_id = :organization and id = :campaign and sells <> :sells "
    "returning id"
)
_LIFT = sa.text(
    "update campaign set hours_open = cast(:opens as time), hours_close = cast(:closes as time), "
    "hours_because = :because, hours_by_id = :by where organization_id = :organization and id = :campaign"
)
_ENDS = sa.text(
    "update campaign set ends_at_place = cast(:at_place as timestamp), ends_at = cast(:at as timestamptz) "
    "where organization_id = :organization and id = :campaign"
)
_RULE = sa.text(
    "update campaign set window_rule = :rule, changed_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign"
)


async def state_selling(
    session: AsyncSession, organization_id: int, campaign_id: int, *, sells: bool, by: int | None
) -> None:
    """Record whether a campaign sells anything. Another answer than before takes lifted hours back."""
    await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_SELLS, {**key, "sells": sells})).one_or_none() is None:
        return
    await keep_rule(session, organization_id, campaign_id)
    _note(session, organization_id, campaign_id, "campaign.selling", by, sells=sells)


async def lift_hours(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    opens: time,
    closes: time,
    because: str,
    by: int,
) -> None:
    """Set other hours than the default ones, for a reason that stays on record.

    Raises Conflict where it sells, InvalidInput for hours that cannot be or no reason.
    """
    await draft_of(session, organization_id, campaign_id)
    because = " ".join(because.split())
    if (await _row(session, organization_id, campaign_id)).sells:
        raise Conflict(
            N_("This campaign sells something, so the states' hours bind it. Nothing was changed.")
        )
    first, last = FEDERAL_HOURS.days[0] or (opens, closes)
    if not first <= opens < closes <= last:
        raise InvalidInput(
            N_("Hours are from 8:00 to 21:00 at most, and begin before they end. Nothing was changed.")
        )
    if not 20 <= len(because) <= 500:
        raise InvalidInput(N_("Say in 20 to 500 characters why these hours are right. Nothing was changed."))
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_LIFT, {**key, "opens": opens, "closes": closes, "because": because, "by": by})
    await keep_rule(session, organization_id, campaign_id)
    hours = f"{opens:%H:%M} to {closes:%H:%M}"
    _note(session, organization_id, campaign_id, "campaign.hours", by, hours=hours, reason=because)


async def default_hours(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Take lifted hours back."""
    await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_LIFT, {**key, "opens": None, "closes": None, "because": "", "by": None})
    await keep_rule(session, organization_id, campaign_id)
    _note(session, organization_id, campaign_id, "campaign.hours_taken_back", by)


async def end_at(
    session: AsyncSession, organization_id: int, campaign_id: int, moment: datetime | None, *, by: int
) -> None:
    """Set the last moment; without a zone it is the clock's at each place, None takes it back.

    Raises InvalidInput where it is over already.
    """
    await draft_of(session, organization_id, campaign_id)
    local = moment is not None and moment.tzinfo is None
    now = clock.now().replace(tzinfo=None) if local else clock.now()
    if moment is not None and moment <= now:
        raise InvalidInput(N_("That moment is past. Nothing was changed."))
    key = {"organization": organization_id, "campaign": campaign_id}
    values = {"at_place": moment if local else None, "at": None if local else moment}
    await session.execute(_ENDS, {**key, **values})
    await keep_rule(session, organization_id, campaign_id)
    told = {"ends": moment.isoformat() if moment else "", "at_each_place": local}
    _note(session, organization_id, campaign_id, "campaign.last_moment", by, **told)


async def _row(session: AsyncSession, organization_id: int, campaign_id: int) -> Any:
    key = {"organization": organization_id, "campaign": campaign_id}
    return (await session.execute(_ROW, key)).one()


async def keep_rule(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Write down the rule that the row makes now, and have the preview counted again."""
    rule = rule_of(await _row(session, organization_id, campaign_id))
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_RULE, {**key, "rule": rule.prefix})
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


def _note(
    session: AsyncSession, organization_id: int, campaign_id: int, action: str, by: int | None, **more: Any
) -> None:
    actor = f"member {by}" if by else audit.COMMAND_LINE
    audit.record(session, organization_id, action, actor=actor, campaign_id=campaign_id, **more)
