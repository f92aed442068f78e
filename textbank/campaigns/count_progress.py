"""Count how far a campaign is and keep it, so that no page ever counts an audience.

A count takes as long as the audience is big; the next is due after four times that, and at least half a second.
"""

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock

CHUNK = 50_000
BUCKETS = ("with_us", "at_carrier", "delivered", "failed", "not_sent")

_COUNT = sa.text(
    """
    with part as materialized (
      select recipient_id, message_id from audience_member
      where organization_id = :organization and campaign_id = :campaign and recipient_id > :after
      order by recipient_id limit :chunk)
    select max(part.recipient_id) as upto,
      case when part.message_id is null then case when c.state in ('stopped', 'done') then 'not_sent'
          else 'with_us' end
        when d.status is null then 'with_us'
        when d.status = 'delivered' then 'delivered'
        when d.status in ('undelivered', 'failed', 'canceled', 'refused', 'given_up', 'dead_number')
          then 'failed'
        when d.status in ('suppressed', 'no_basis', 'stopped', 'expired') then 'not_sent'
        else 'at_carrier' end as bucket,
      case when part.message_id is null and c.state in ('stopped', 'done') then 'stopped'
        when d.status in ('undelivered', 'failed', 'refused') and d.error_code is not null
          then cast(d.error_code as text)
        when d.rank = 4 then d.status end as reason,
      count(*) as people,
      count(*) filter (where r.suppressed_at >= c.launched_at) as opted_out,
      count(*) filter (where part.message_id is not null and v.last_inbound_at >= c.launched_at) as replied,
      count(*) filter (where part.message_id is not null and v.needs_reply_since >= c.launched_at) as waiting
    from part
    join campaign c on c.organization_id = :organization and c.id = :campaign
    join recipient r on r.organization_id = :organization and r.id = part.recipient_id
    left join delivery d on d.organization_id = :organization and d.message_id = part.message_id
    left join conversation v on v.organization_id = :organization and v.recipient_id = part.recipient_id
    group by 2, 3
    """
)
_KEEP = sa.text(
    """
    insert into campaign_progress as p (organization_id, campaign_id, audience, with_us, at_carrier,
      delivered, failed, not_sent, opted_out, replied, waiting_replies, reasons, computed_at, seconds)
    values (:organization, :campaign, :audience, :with_us, :at_carrier, :delivered, :failed, :not_sent,
      :opted_out, :replied, :waiting, cast(:reasons as jsonb), clock_timestamp(), :seconds)
    on conflict (organization_id, campaign_id) do update set audience = excluded.audience,
      with_us = excluded.with_us, at_carrier = excluded.at_carrier, delivered = excluded.delivered,
      failed = excluded.failed, not_sent = excluded.not_sent, opted_out = excluded.opted_out,
      replied = excluded.replied, waiting_replies = excluded.waiting_replies, reasons = excluded.reasons,
      computed_at = excluded.computed_at, seconds = excluded.seconds,
      rate = round(cast(0.5 * p.rate + 0.5 * greatest(0, excluded.at_carrier + excluded.delivered
        + excluded.failed - p.at_carrier - p.delivered - p.failed) / greatest(0.2,
        extract(epoch from excluded.computed_at - p.computed_at)) as numeric), 2)
    """
)


async def count_progress(session: AsyncSession, organization_id: int, campaign_id: int) -> None:
    """Count one campaign, chunk by chunk, and keep the counters."""
    began = clock.monotonic()
    key: dict[str, Any] = {"organization": organization_id, "campaign": campaign_id}
    buckets, reasons, asides = Counter[str](), Counter[str](), Counter[str]()
    after = 0
    while True:
        rows = (await session.execute(_COUNT, {**key, "after": after, "chunk": CHUNK})).all()
        for row in rows:
            buckets[row.bucket] += row.people
            if row.reason:
                reasons[row.reason] += row.people
            asides.update(opted_out=row.opted_out, replied=row.replied, waiting=row.waiting)
            after = max(after, row.upto)
        if sum(row.people for row in rows) < CHUNK:
            break
    await session.execute(
        _KEEP,
        {
            **key,
            "audience": sum(buckets.values()),
            **{bucket: buckets[bucket] for bucket in BUCKETS},
            **{name: asides[name] for name in ("opted_out", "replied", "waiting")},
            "reasons": json.dumps(reasons),
            "seconds": clock.monotonic() - began,
        },
    )
