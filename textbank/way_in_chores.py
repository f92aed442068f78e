"""What is due for people who were asked something, or wrote something unclear, of all organizations."""

import sqlalchemy as sa

WAY_IN_CHORES = sa.text(
    """
    select distinct organization_id, 'opt_ins' from opt_in_request
    where confirmed_at is null and declined_at is null and expired_at is null
      and created_at < now() - interval '24 hours'
      and (expires_at <= now() or reminded_at is null and not needs_start)
    union all
    select distinct organization_id, 'series' from flow_run
    where ended_at is null and resumes_at is not null and resumes_at <= now()
    union all
    select distinct organization_id, 'webhooks' from flow_call where done_at is null and next_at <= now()
    union all
    select distinct c.organization_id, 'texters' from campaign c
    left join tally_mark t on t.organization_id = c.organization_id
    where c.kind = 'p2p' and c.state in ('running', 'paused')
      and coalesce(t.counted_at, '-infinity') < now() - interval '5 seconds'
    union all
    select distinct p.organization_id, 'replies' from push_subscription p
    join member m on m.organization_id = p.organization_id and m.id = p.member_id and m.reminders
      and (m.told_at is null or m.told_at <= now() - interval '15 minutes')
    where exists (
      select from conversation c where c.organization_id = p.organization_id
        and c.assigned_member_id = p.member_id and c.needs_reply_since <= now() - interval '2 minutes')
    union all
    select distinct organization_id, 'reviews' from recipient
    where review_since is not null and review_since < now() - interval '24 hours'
    """
)
