"""A part of the people first: chosen at random when the audience is frozen, and then the campaign waits.

Who belongs to it is a column of the audience, drawn once by a hash of the recipient and the campaign: so
asking again finds the same people, and nobody is both in the part and in the rest. When the last of the
part has left the campaign pauses, and says what came of it. The rest is opened window by window, so that a
million take many short statements.
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes, jobs
from textbank.accounts import audit
from textbank.campaigns.draft import draft_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

WAITS = "first_part"
"""`paused_because` of a campaign whose first part has left."""
MOST_PEOPLE = 100_000
WINDOW = 20_000

_SET = sa.text(
    "update campaign set first_part = cast(:part as int), first_part_kind = :kind "
    "where organization_id = :organization and id = :campaign"
)
# Rows are found again by their own addresses, as in `queue_audience.py`. The hash is PostgreSQL's own.
_CHOOSE = sa.text(
    """
    with wanted as (
      select case when c.first_part_kind = 'people' then c.first_part
        else greatest(1, round(c.first_part / 100.0 * (select count(*) from audience_member m
          where m.organization_id = c.organization_id and m.campaign_id = c.id))) end as people
      from campaign c where c.organization_id = :organization and c.id = :campaign
        and c.first_part is not null)
    update audience_member set later = false where ctid = any(array(
      select m.ctid from audience_member m
      where m.organization_id = :organization and m.campaign_id = :campaign and m.later
      order by hashint8extended(m.recipient_id, cast(:campaign as bigint)), m.recipient_id
      limit (select people from wanted)))
    """
)
_OPEN = sa.text(
    """
    update audience_member set later = false where ctid = any(array(
      select m.ctid from audience_member m
      where m.organization_id = :organization and m.campaign_id = :campaign and m.later
      order by m.recipient_id limit :window for update skip locked))
    """
)
# In a peer-to-peer campaign somebody who opted out meanwhile is never texted, and somebody whom a texter
# skipped need not be: neither holds the rest up.
_PAUSE = sa.text(
    """
    update campaign c set state = 'paused', paused_because = 'first_part', paused_at = clock_timestamp()
    where c.organization_id = :organization and c.state = 'running' and c.frozen_at is not null
      and c.first_part is not null and c.rest_at is null
      and exists (select from audience_member m where m.organization_id = c.organization_id
        and m.campaign_id = c.id and m.later and m.message_id is null)
      and not exists (select from audience_member m
        join recipient r on r.organization_id = m.organization_id and r.id = m.recipient_id
        where m.organization_id = c.organization_id and m.campaign_id = c.id
          and m.message_id is null and not m.later
          and (c.kind = 'blast' or m.skipped_by_id is null and r.suppressed_at is null
            and r.review_since is null and r.dead_since is null))
      and not exists (select from outbox_group g join outbox o on o.organization_id = g.organization_id
        and o.group_id = g.id where g.organization_id = c.organization_id and g.campaign_id = c.id)
    returning c.id
    """
)
_GO_ON = sa.text(
    """
    update campaign c set rest_at = clock_timestamp(), state = 'running',
      paused_because = null, paused_at = null,
      forgiven = coalesce((select jsonb_build_object('delivered', p.delivered, 'failed', p.failed,
        'opted_out', p.opted_out, 'senders', p.senders) from campaign_progress p
        where p.organization_id = c.organization_id and p.campaign_id = c.id), '{}')
    where c.organization_id = :organization and c.id = :campaign
      and c.first_part is not null and c.rest_at is null
      and (c.state = 'running' or c.state = 'paused' and c.paused_because = 'first_part')
      and c.rewritten_to is null
    returning c.id
    """
)
_REWRITING = sa.text(
    "select 1 from campaign where organization_id = :organization and id = :campaign "
    "and rewritten_to is not null"
)


async def set_first_part(
    session: AsyncSession,
    organization_id: int,
    campaign_id: int,
    part: int | None,
    *,
    kind: str = "people",
    by: int | None = None,
) -> None:
    """Let a draft begin with so many people, or so many of a hundred; None: with everybody at once."""
    await draft_of(session, organization_id, campaign_id)
    most = 99 if kind == "percent" else MOST_PEOPLE
    if kind not in ("people", "percent") or (part is not None and not 1 <= part <= most):
        raise InvalidInput(
            N_("Say how many get it first: from 1 to 100,000 people, or from 1 to 99 of a hundred.")
        )
    key = {"organization": organization_id, "campaign": campaign_id}
    await session.execute(_SET, {**key, "part": part, "kind": kind})
    audit.record(
        session,
        organization_id,
        "campaign.first_part",
        actor=f"member {by}" if by else audit.COMMAND_LINE,
        campaign_id=campaign_id,
        part=part or 0,
        kind=kind,
    )


async def choose_first_part(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Draw the first part of an audience that was just frozen; nothing where it has none."""
    await session.execute(_CHOOSE, {"organization": organization_id, "campaign": campaign_id})


async def open_rest(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """Open the next window of the rest; returns how many people that were."""
    key = {"organization": organization_id, "campaign": campaign_id, "window": WINDOW}
    opened = await session.execute(_OPEN, key)
    count: int = opened.rowcount  # type: ignore[attr-defined]
    return count


async def wait_after_first_part(session: AsyncSession, organization_id: int) -> None:
    """Pause every campaign whose first part has left, until somebody looks."""
    for (campaign_id,) in await session.execute(_PAUSE, {"organization": organization_id}):
        audit.record(
            session,
            organization_id,
            "campaign.paused",
            actor=audit.SCHEDULE,
            campaign_id=campaign_id,
            because=WAITS,
        )
        changes.announce(session, organization_id, changes.DELIVERIES)


async def let_rest_go(session: AsyncSession, organization_id: int, campaign_id: int, *, by: int) -> None:
    """Text the rest, too, whether or not all of the first part have left. Raises Conflict."""
    key = {"organization": organization_id, "campaign": campaign_id}
    if (await session.execute(_GO_ON, key)).one_or_none() is None:
        if (await session.execute(_REWRITING, key)).one_or_none() is not None:
            raise Conflict(
                N_("The new words are still being put into the texts that wait. Try again in a moment.")
            )
        raise Conflict(N_("No rest of this campaign waits, so nothing was changed."))
    audit.record(session, organization_id, "campaign.rest", actor=f"member {by}", campaign_id=campaign_id)
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
    jobs.ring(session, jobs.Job(jobs.SEND))
