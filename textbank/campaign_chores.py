"""What is due for campaigns beside sending, of all organizations; `across.py` asks it."""

import sqlalchemy as sa

# A campaign that is over is still counted for a while, because delivery reports come late. Counting takes as
# long as the audience is big, and nobody may pay for it with a processor: a tenth of the time while texts
# leave, a fiftieth while none do.
CAMPAIGN_CHORES = sa.text(
    """
    select c.organization_id, c.id, 'stop' from campaign c where c.state = 'stopped' and exists (
      select from outbox_group g where g.organization_id = c.organization_id and g.campaign_id = c.id)
    union all
    select c.organization_id, c.id, 'expire' from campaign c
    where c.state in ('running', 'paused') and c.window_rule <> '' and exists (
      select from outbox_group g join sending_window w on w.organization_id = g.organization_id
        and w.place = g.place and w.opens_at >= '9999-01-01'
      where g.organization_id = c.organization_id and g.campaign_id = c.id and exists (
        select from outbox o where o.organization_id = g.organization_id and o.group_id = g.id
          and o.attempt_id is null))
    union all
    select c.organization_id, c.id, 'begin' from campaign c
    where c.state = 'scheduled' and c.begins_at <= now() and not exists (select from carrier_account a
      where a.organization_id = c.organization_id and a.restored_copy_of is not null)
    union all
    select c.organization_id, c.id, 'rewrite' from campaign c
    where c.state = 'paused' and c.rewritten_to is not null
    union all
    select c.organization_id, c.id, 'progress' from campaign c
    left join campaign_progress p on p.organization_id = c.organization_id and p.campaign_id = c.id
    where (c.state in ('running', 'paused') or c.finished_at > now() - interval '3 days')
      and (p.computed_at is null or p.computed_at < now() - interval '1 second' * case
        when c.finished_at < now() - interval '10 minutes' then greatest(49 * p.seconds, 60)
        when p.rate = 0 and c.launched_at < now() - interval '1 minute' then greatest(49 * p.seconds, 5)
        else greatest(9 * p.seconds, 0.5) end)
    union all
    select c.organization_id, c.id, 'preview' from campaign c where c.state = 'draft'
      and exists (select from campaign_list l
        where l.organization_id = c.organization_id and l.campaign_id = c.id)
      and not exists (select from campaign_preview p where p.organization_id = c.organization_id
        and p.campaign_id = c.id and p.of_change >= c.changed_at)
    """
)

UNQUEUED = sa.text(
    "select c.organization_id, c.id from campaign c where c.state = 'running' and (c.frozen_at is null "
    "or c.kind = 'blast' and exists (select from audience_member m "
    "where m.organization_id = c.organization_id and m.campaign_id = c.id and m.message_id is null "
    "and not m.later) "
    "or c.rest_at is not null and exists (select from audience_member m "
    "where m.organization_id = c.organization_id and m.campaign_id = c.id and m.later "
    "and m.message_id is null)) "
    "and not exists ("
    "select from carrier_account a where a.organization_id = c.organization_id "
    "and a.restored_copy_of is not null)"
)
LOOKUPS_DUE = sa.text(
    "select distinct c.organization_id from campaign c join organization o on o.id = c.organization_id "
    "and o.looks_up_carriers join campaign_preview p on p.organization_id = c.organization_id "
    "and p.campaign_id = c.id and p.reached > 0 "
    "where c.state in ('scheduled', 'running') and c.looked_up_at is null"
)
