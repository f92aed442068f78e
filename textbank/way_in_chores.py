"""What is due for people who were asked something, or wrote something unclear, of all organizations."""

import sqlalchemy as sa

from textbank.who_is_away import GONE_OR_AWAY

# Who holds waiting conversations is found one by one by the index, however many each of them holds; only
# whoever was silent for a while is looked at more closely.
WAY_IN_CHORES = sa.text(
    f"""
    with recursive holder as (
      (select organization_id, assigned_member_id from conversation
        where needs_reply_since is not null and assigned_member_id is not null
        order by organization_id, assigned_member_id limit 1)
      union all
      select n.organization_id, n.assigned_member_id from holder h cross join lateral (
        select c.organization_id, c.assigned_member_id from conversation c
        where c.needs_reply_since is not null and c.assigned_member_id is not null
          and (c.organization_id, c.assigned_member_id) > (h.organization_id, h.assigned_member_id)
        order by c.organization_id, c.assigned_member_id limit 1) n)
    select distinct h.organization_id, 'away' from holder h
    join member w on w.organization_id = h.organization_id and w.id = h.assigned_member_id
    where (w.disabled_at is not null or w.suspended_at is not null or not exists (
        select from sign_in g where g.organization_id = w.organization_id and g.member_id = w.id
          and g.ended_at is null and g.seen_at > now() - interval '10 minutes'))
      and exists (select from conversation v
        left join campaign k on k.organization_id = v.organization_id and k.id = v.campaign_id
        where v.organization_id = w.organization_id and v.assigned_member_id = w.id
          and v.needs_reply_since is not null
          and (v.snoozed_until is null or v.snoozed_until <= now()) and {GONE_OR_AWAY})
    union all
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
    """  # noqa: S608 - the interpolated fragment is our own constant
)
