"""Let a blast leave only as fast as the people on hand can answer what comes back, within twenty minutes.

It is a matter of queueing, not of the claim or the permit: texts are put into the outbox as they may leave,
so what is already there keeps every rule that it had. How many may leave in a second follows from who is
signed in and was seen lately, from two minutes for an answer, and from the share of people who wrote back so
far. While as many replies wait as they can answer in that time, or one has waited so long, none is queued.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.accounts import audit
from textbank.errors import Conflict
from textbank.language import N_

WITHIN: Final = timedelta(minutes=20)
EACH_ANSWERS: Final = 10
"""Replies that one person answers in that time."""
A_SECOND: Final = EACH_ANSWERS / WITHIN.total_seconds()
ON_HAND: Final = timedelta(minutes=10)
"""Somebody seen since then is on hand: a browser that is in use says so at most every five minutes."""
REPLY_SHARE: Final = 0.10
"""Of whom a text reached, how many write back, until a hundred were reached and tell it better."""
LEAST_SHARE: Final = 0.01
_AHEAD: Final = 60.0
"""Seconds of its pace that may be queued at once, so that the numbers never wait for the next look."""

_LOCK = sa.text(
    "select eased_at, eased_room, extract(epoch from clock_timestamp() - eased_at)::float8 as since "
    "from campaign where organization_id = :organization and id = :campaign for no key update"
)
_LOOK = sa.text(
    """
    select hands.many as hands, waiting.many as waiting,
      coalesce(waiting.oldest < now() - cast(:within as interval), false) as is_late,
      coalesce(case when p.at_carrier + p.delivered + p.failed >= 100
        then p.replied::float8 / (p.at_carrier + p.delivered + p.failed) end, :usual) as share
    from (select count(distinct s.member_id) as many from sign_in s
      join member m on m.organization_id = s.organization_id and m.id = s.member_id and m.disabled_at is null
      where s.organization_id = :organization and s.ended_at is null
        and s.seen_at > now() - cast(:on_hand as interval)) hands
    cross join lateral (select count(*) as many, min(needs_reply_since) as oldest from (
      select needs_reply_since from conversation where organization_id = :organization
        and needs_reply_since is not null order by needs_reply_since limit 1 + :each * hands.many) w) waiting
    left join campaign_progress p on p.organization_id = :organization and p.campaign_id = :campaign
    """
)
# Texts whose window is closed do not count: else a night in Hawaii would hold up a morning in New York.
_QUEUED = sa.text(
    """
    select count(*) from (select from outbox_group g
      join sending_window w on w.organization_id = g.organization_id and w.place = g.place
        and w.opens_at <= now() and w.closes_at > now()
      join outbox o on o.organization_id = g.organization_id and o.group_id = g.id and o.held is null
      where g.organization_id = :organization and g.campaign_id = :campaign limit :most) few
    """
)
_TAKE = sa.text(
    "update campaign set eased_at = clock_timestamp(), eased_room = :room "
    "where organization_id = :organization and id = :campaign"
)
_SET = sa.text(
    "update campaign set paced_to_replies = :paced, changed_at = clock_timestamp() "
    "where organization_id = :organization and id = :campaign and kind = 'blast' "
    "and (state = 'draft' or not :paced and state in ('scheduled', 'running', 'paused')) returning id"
)


@dataclass(frozen=True, slots=True)
class Ease:
    """How fast a blast may leave for the sake of those who answer."""

    texts_a_second: float
    """0: nobody is on hand."""
    is_held: bool
    """Whether as many replies wait as can be answered in time, so that none leaves."""


async def ease_of(session: AsyncSession, organization_id: int, campaign_id: int) -> Ease:
    """Look at who is on hand, what waits, and how many write back."""
    values = {
        "organization": organization_id,
        "campaign": campaign_id,
        "within": WITHIN,
        "on_hand": ON_HAND,
        "usual": REPLY_SHARE,
        "each": EACH_ANSWERS,
    }
    row = (await session.execute(_LOOK, values)).one()
    pace = row.hands * A_SECOND / max(LEAST_SHARE, row.share)
    return Ease(pace, row.is_late or row.waiting >= EACH_ANSWERS * row.hands)


async def room_for_replies(session: AsyncSession, organization_id: int, campaign_id: int, most: int) -> int:
    """How many texts of a paced blast may be queued now; they are taken as queued. Locks its row."""
    key = {"organization": organization_id, "campaign": campaign_id}
    kept = (await session.execute(_LOCK, key)).one()
    ease = await ease_of(session, organization_id, campaign_id)
    whole = max(1.0, ease.texts_a_second * _AHEAD) if ease.texts_a_second else 0.0
    room = whole if kept.since is None else min(whole, kept.eased_room + kept.since * ease.texts_a_second)
    if ease.is_held:
        # Time in which nothing may leave is not made up for later.
        await session.execute(_TAKE, {**key, "room": min(whole, kept.eased_room)})
        return 0
    queued: int = (await session.execute(_QUEUED, {**key, "most": int(whole) + 1})).scalar_one()
    granted = min(most, int(room), max(0, int(whole) - queued))
    if granted:
        await session.execute(_TAKE, {**key, "room": room - granted})
    return granted


async def pace_to_replies(
    session: AsyncSession, organization_id: int, campaign_id: int, paced: bool, *, by: int
) -> None:
    """Let a draft leave at this pace, or any blast under way without it. Raises Conflict."""
    key: dict[str, Any] = {"organization": organization_id, "campaign": campaign_id, "paced": paced}
    if (await session.execute(_SET, key)).one_or_none() is None:
        raise Conflict(
            N_("Only a blast that has not begun can be paced to its answers. Nothing was changed.")
        )
    audit.record(
        session,
        organization_id,
        "campaign.paced" if paced else "campaign.not_paced",
        actor=f"member {by}",
        campaign_id=campaign_id,
    )
    jobs.ring(session, jobs.Job(jobs.CAMPAIGNS))
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
