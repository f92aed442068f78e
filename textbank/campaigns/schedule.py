"""Let a campaign begin later: at one moment, or at a time by the clock of each recipient's place.

The moment is part of the campaign's rule (`messaging/rule.py`), so no text leaves before it, wherever the
launch stands. Until it begins it can be taken back. When it is due everything that a launch looks at is
looked at again; if something is wrong then, it is a draft again and says why.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock, jobs
from textbank.accounts import audit
from textbank.campaigns.draft import draft_of
from textbank.campaigns.launch import check_launch, launch
from textbank.campaigns.set_hours import keep_rule
from textbank.contacts.place import Place
from textbank.errors import Conflict, InvalidInput, TextbankError
from textbank.language import N_
from textbank.messaging.rule import Rule
from textbank.messaging.window import current_or_next, evaluate

FIRST_CLOCK: Final = "Etc/GMT-14"
"""The day begins here: no place on earth is ahead of it."""
QUEUED_BEFORE: Final = timedelta(minutes=5)
"""So long before the first texts may leave, they are put into the outbox."""
FURTHEST: Final = timedelta(days=180)
LATEST: Final = timedelta(hours=12)
CLOCKS: Final = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)

_KEEP = sa.text(
    "update campaign set starts_at_place = cast(:at_place as timestamp), "
    "starts_at = cast(:at as timestamptz) where organization_id = :organization and id = :campaign"
)
_ROW = sa.text(
    "select starts_at, starts_at_place, ends_at, ends_at_place, window_rule from campaign "
    "where organization_id = :organization and id = :campaign"
)
_SCHEDULE = sa.text(
    "update campaign set state = 'scheduled', begins_at = :begins_at, not_begun = '' "
    "where organization_id = :organization and id = :campaign and state = 'draft'"
)
_TAKE_BACK = sa.text(
    "update campaign set state = 'draft', begins_at = null where organization_id = :organization "
    "and id = :campaign and state = 'scheduled' returning id"
)
_DUE = sa.text(
    "select c.begins_at from campaign c where c.organization_id = :organization and c.id = :campaign "
    "and c.state = 'scheduled' and c.begins_at <= now() and not exists (select from carrier_account a "
    "where a.organization_id = c.organization_id and a.restored_copy_of is not null) for no key update of c"
)
_PLACES = sa.text(
    """
    select distinct r.place from campaign_list l
    join subscription s on s.organization_id = l.organization_id and s.list_id = l.list_id
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where l.organization_id = :organization and l.campaign_id = :campaign
    """
)
_LATER = sa.text(
    "update campaign set begins_at = :begins_at where organization_id = :organization and id = :campaign"
)
_FAILED = sa.text(
    "update campaign set not_begun = :why where organization_id = :organization and id = :campaign"
)
_PAST = N_("That moment is past, so nothing was scheduled. Choose a later one, or launch right away.")


async def start_at(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    moment: datetime | None,
    *,
    by: int | None = None,
) -> None:
    """Set when a draft begins; without a zone by the clock at each place, None: as soon as it is launched.

    Raises InvalidInput for what is past, too far ahead, or where nobody may be texted at that moment.
    """
    await draft_of(session, organization_id, campaign_id)
    key = {"organization": organization_id, "campaign": campaign_id}
    local = moment is not None and moment.tzinfo is None
    await session.execute(
        _KEEP, {**key, "at_place": moment if local else None, "at": None if local else moment}
    )
    await keep_rule(session, organization_id, campaign_id)
    if moment is not None:
        row = (await session.execute(_ROW, key)).one()
        _check(moment, Rule.from_prefix(row.window_rule))
    audit.record(
        session,
        organization_id,
        "campaign.start",
        actor=f"member {by}" if by else audit.COMMAND_LINE,
        campaign_id=campaign_id,
        starts=moment.isoformat() if moment else "",
        at_each_place=local,
    )


def _check(moment: datetime, rule: Rule) -> None:
    """Whether anybody may be texted from then on, on that very day."""
    now = clock.now()
    local = moment.tzinfo is None
    moments = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if local else moment for zone in CLOCKS]
    if max(moments) <= now:
        raise InvalidInput(_PAST)
    if min(moments) > now + FURTHEST:
        raise InvalidInput(N_("That is more than half a year ahead. Nothing was changed."))
    places = [Place((zone,), None, "area_code") for zone in CLOCKS]
    ends = [rule.last_moment_at(place) for place in places]
    if any(last is not None and at >= last for at, last in zip(moments, ends, strict=True)):
        raise InvalidInput(N_("It would begin after its last moment. Nothing was changed."))
    if not any(evaluate(place, at, rule).may_leave for place, at in zip(places, moments, strict=True)):
        raise InvalidInput(
            N_("At that hour nobody may be texted. Choose one within the hours above. Nothing was changed.")
        )


async def is_scheduled_start(session: AsyncSession, organization_id: int, campaign_id: int) -> bool:
    """Whether a draft says that it begins later."""
    key = {"organization": organization_id, "campaign": campaign_id}
    row = (await session.execute(_ROW, key)).one_or_none()
    return row is not None and (row.starts_at is not None or row.starts_at_place is not None)


async def schedule(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    *,
    by: int | None = None,
    reviewed: str | None = None,
) -> None:
    """Let a draft begin at the moment that it names. Raises what a launch raises, and where that is past."""
    await check_launch(session, organization_id, campaign_id, reviewed=reviewed)
    key = {"organization": organization_id, "campaign": campaign_id}
    row = (await session.execute(_ROW, key)).one()
    _check(row.starts_at_place or row.starts_at, Rule.from_prefix(row.window_rule))
    begins_at = row.starts_at
    if row.starts_at_place is not None:
        begins_at = row.starts_at_place.replace(tzinfo=ZoneInfo(FIRST_CLOCK)).astimezone(UTC)
    await session.execute(_SCHEDULE, {**key, "begins_at": begins_at - QUEUED_BEFORE})
    actor = f"member {by}" if by else audit.COMMAND_LINE
    audit.record(session, organization_id, "campaign.scheduled", actor=actor, campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))


async def take_back(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Make a draft again of what has not begun. Raises Conflict where it has."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_TAKE_BACK, key)).one_or_none() is None:
        raise Conflict(N_("It has begun already, so it cannot be taken back. Pause it, or stop the rest."))
    audit.record(
        session, organization_id, "campaign.unscheduled", actor=f"member {by}", campaign_id=campaign_id
    )


async def begin_scheduled(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Launch what is due; what cannot be launched any more is a draft again, and says why."""
    key = {"organization": organization_id, "campaign": campaign_id}
    due = (await session.execute(_DUE, key)).one_or_none()
    if due is None:
        return
    first = await _first_opening(session, organization_id, campaign_id)
    if first is not None and first - QUEUED_BEFORE > clock.now():
        await session.execute(_LATER, {**key, "begins_at": first - QUEUED_BEFORE})
        return
    await session.execute(_TAKE_BACK, key)
    try:
        _check_in_time(due.begins_at)
        await launch(session, organization_id, campaign_id)
    except TextbankError as error:
        why = error.message if error.values else error.template
        await session.execute(_FAILED, {**key, "why": why})
        audit.record(
            session,
            organization_id,
            "campaign.not_begun",
            actor=audit.SCHEDULE,
            campaign_id=campaign_id,
            reason=error.message,
        )


def _check_in_time(begins_at: datetime) -> None:
    """Whoever planned a text for Monday evening does not want it on Wednesday."""
    if begins_at < clock.now() - LATEST:
        raise Conflict(
            N_("Nothing was running when it was due, and that is over twelve hours ago. Nothing was sent.")
        )


async def _first_opening(session: AsyncSession, organization_id: int, campaign_id: int) -> datetime | None:
    """By the clock of each place: when it opens for the first of the places on the lists."""
    key = {"organization": organization_id, "campaign": campaign_id}
    row = (await session.execute(_ROW, key)).one()
    if row.starts_at_place is None:
        return None
    rule, now = Rule.from_prefix(row.window_rule), clock.now()
    places = (await session.execute(_PLACES, key)).scalars()
    return min((current_or_next(Place.from_key(place), now, rule)[0] for place in places), default=None)
