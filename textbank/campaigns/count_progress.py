"""Count how far a campaign is and keep it, so that no page ever counts an audience.

A count takes as long as the audience is big; the next is due after nine times that, and at least half a
second, or after much longer where nothing leaves (`campaign_chores.py`).
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.campaigns.forecast import Forecast, foresee
from textbank.campaigns.pace_of_senders import eased, others_waiting, pace_of_senders

CHUNK = 50_000
BUCKETS = ("with_us", "at_carrier", "delivered", "failed", "not_sent")
FILTERED: Final = "30007"
_LEFT = ("at_carrier", "delivered", "failed")


def _count_of(sender: str, joined: str) -> sa.TextClause:
    return sa.text(
        f"""
    with part as materialized (
      select recipient_id, message_id, wording from audience_member
      where organization_id = :organization and campaign_id = :campaign and recipient_id > :after
      order by recipient_id limit :chunk)
    select max(part.recipient_id) as upto, part.wording,
      case when part.message_id is null then case when c.state in ('stopped', 'done') then 'not_sent'
          else 'with_us' end
        when d.status is null then 'with_us'
        when d.status = 'delivered' then 'delivered'
        when d.status in ('undelivered', 'failed', 'canceled', 'refused', 'given_up', 'dead_number')
          then 'failed'
        when d.status in ('suppressed', 'no_basis', 'stopped', 'expired') then 'not_sent'
        else 'at_carrier' end as bucket,
      case when part.message_id is null and c.state = 'stopped' then 'stopped'
        when part.message_id is null and c.state = 'done' then 'expired'
        when d.status in ('undelivered', 'failed', 'refused') and d.error_code is not null
          then cast(d.error_code as text)
        when d.rank = 4 then d.status end as reason,
      case when d.status is null and c.state in ('running', 'paused') then c.window_rule || r.place
        end as waits_for, {sender} as sender,
      count(*) as people,
      count(*) filter (where r.suppressed_at >= c.launched_at) as opted_out,
      count(*) filter (where part.message_id is not null and v.last_inbound_at >= c.launched_at) as replied,
      count(*) filter (where part.message_id is not null and v.needs_reply_since >= c.launched_at) as waiting
    from part
    join campaign c on c.organization_id = :organization and c.id = :campaign
    join recipient r on r.organization_id = :organization and r.id = part.recipient_id
    left join delivery d on d.organization_id = :organization and d.message_id = part.message_id
    left join conversation v on v.organization_id = :organization and v.recipient_id = part.recipient_id
    {joined}
    group by 2, 3, 4, 5, 6
    """  # noqa: S608 - both fragments are our own constants
    )


_COUNT = _count_of("cast(null as bigint)", "")
# A text that left did so from its attempt's number; one that waits will leave from the number that its
# person knows, or from whichever has room. Whoever has one number pays nothing for this.
_COUNT_BY_SENDER = _count_of(
    "coalesce(t.sender_id, r.sticky_sender_id, 0)",
    """left join attempt t on t.organization_id = :organization and t.message_id = part.message_id
      and d.status is not null and (t.outcome is null or t.outcome in ('unknown', 'accepted'))""",
)
_SEVERAL = sa.text(
    "select count(*) > 1 from (select from sender where organization_id = :organization limit 2) few"
)
_SEGMENTS = sa.text(
    """
    select coalesce(avg(o.segments), 1)::float8 from outbox_group g cross join lateral (
      select segments from outbox where organization_id = g.organization_id and group_id = g.id
      limit 50) o
    where g.organization_id = :organization and g.campaign_id = :campaign
    """
)
_HELD = sa.text(
    """
    select count(*) as held, min(o.due_at) as until, max(o.due_at) as latest from outbox_group g
    join outbox o on o.organization_id = g.organization_id and o.group_id = g.id
      and o.held is not null and o.due_at > now()
    where g.organization_id = :organization and g.campaign_id = :campaign and g.lane > 2
    """
)
_KEEP = sa.text(
    """
    insert into campaign_progress as p (organization_id, campaign_id, audience, with_us, at_carrier,
      delivered, failed, not_sent, opted_out, replied, waiting_replies, reasons, never, last_at, held,
      held_until, computed_at, seconds, wordings, senders)
    values (:organization, :campaign, :audience, :with_us, :at_carrier, :delivered, :failed, :not_sent,
      :opted_out, :replied, :waiting, cast(:reasons as jsonb), :never, :last_at, :held,
      :until, clock_timestamp(), :seconds, cast(:wordings as jsonb), cast(:senders as jsonb))
    on conflict (organization_id, campaign_id) do update set audience = excluded.audience,
      with_us = excluded.with_us, at_carrier = excluded.at_carrier, delivered = excluded.delivered,
      failed = excluded.failed, not_sent = excluded.not_sent, opted_out = excluded.opted_out,
      replied = excluded.replied, waiting_replies = excluded.waiting_replies, reasons = excluded.reasons,
      never = excluded.never, last_at = excluded.last_at, held = excluded.held,
      held_until = excluded.held_until, computed_at = excluded.computed_at,
      seconds = excluded.seconds, wordings = excluded.wordings, senders = excluded.senders,
      rate = round(cast(0.5 * p.rate + 0.5 * greatest(0, excluded.at_carrier + excluded.delivered
        + excluded.failed - p.at_carrier - p.delivered - p.failed) / greatest(0.2,
        extract(epoch from excluded.computed_at - p.computed_at)) as numeric), 2)
    """
)


@dataclass(slots=True)
class _Counted:
    buckets: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    asides: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    by_wording: dict[int, Counter[str]] = field(default_factory=dict)
    by_sender: dict[int, Counter[str]] = field(default_factory=dict)

    def add(self, row: Any) -> None:
        """Count one group of people whose texts are alike."""
        self.buckets[row.bucket] += row.people
        if row.waits_for:
            self.waiting[row.waits_for] += row.people
        if row.reason:
            self.reasons[row.reason] += row.people
        self.asides.update(opted_out=row.opted_out, replied=row.replied, waiting=row.waiting)
        filtered = row.people if row.reason == FILTERED else 0
        if row.wording is not None and row.bucket in _LEFT:
            of_wording = self.by_wording.setdefault(row.wording, Counter())
            of_wording.update(left=row.people, replied=row.replied, opted_out=row.opted_out)
            of_wording.update({row.bucket: row.people, "filtered": filtered})
        if row.sender is not None and row.bucket != "not_sent":
            of_sender = self.by_sender.setdefault(row.sender, Counter())
            of_sender.update({row.bucket: row.people, "filtered": filtered, "opted_out": row.opted_out})


async def count_progress(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Count one campaign, chunk by chunk, and keep the counters."""
    began = clock.monotonic()
    key: dict[str, Any] = {"organization": organization_id, "campaign": campaign_id}
    several = (await session.execute(_SEVERAL, key)).scalar_one()
    counted, after, people = _Counted(), 0, CHUNK
    while people >= CHUNK:
        count = _COUNT_BY_SENDER if several else _COUNT
        rows = (await session.execute(count, {**key, "after": after, "chunk": CHUNK})).all()
        for row in rows:
            counted.add(row)
        after = max((row.upto for row in rows), default=after)
        people = sum(row.people for row in rows)
    ahead = await _ahead(session, key, counted.waiting)
    held = (await session.execute(_HELD, key)).one()
    await session.execute(
        _KEEP,
        {
            **key,
            "never": ahead.never,
            # Caps are not foreseen text by text; the last one leaves no sooner than its cap lets it.
            "last_at": max(filter(None, (ahead.last_at, held.latest)), default=None),
            "held": held.held,
            "until": held.until,
            "audience": sum(counted.buckets.values()),
            **{bucket: counted.buckets[bucket] for bucket in BUCKETS},
            **{name: counted.asides[name] for name in ("opted_out", "replied", "waiting")},
            "reasons": json.dumps(counted.reasons),
            "wordings": json.dumps(counted.by_wording),
            "senders": json.dumps(counted.by_sender),
            "seconds": clock.monotonic() - began,
        },
    )


async def _ahead(session: AsyncSession, key: dict[str, Any], waiting: Mapping[str, int]) -> Forecast:
    """When the last of the texts that wait leaves."""
    pace = await pace_of_senders(session, key["organization"]) if waiting else None
    each: float = (await session.execute(_SEGMENTS, key)).scalar_one() if pace else 1.0
    pace = await eased(session, key["organization"], key["campaign"], pace and pace.in_texts(each))
    texts = {window: float(people) for window, people in waiting.items()}
    others = await others_waiting(session, key["organization"], key["campaign"]) if pace else 0
    return foresee(texts, pace, clock.now(), others=others)
