"""Fragments of SQL about money and caps: the price of a text, the month, and giving back what did not leave.

A permit counts a text against its campaign, its month and its person's caps. When it is known that the
carrier does not have it, the statement that writes this down takes all three back.
"""

THIS_MONTH = "(date_trunc('month', clock_timestamp() at time zone 'utc')::date)"

SPENT_THIS_MONTH = f"case when b.month = {THIS_MONTH} then b.spent else 0 end"

SEGMENT_PRICE = (
    "case s.kind when 'toll_free' then n.toll_free_price when 'short_code' then n.short_code_price "
    "else n.segment_price end"
)
"""Of a segment from the sender `s` of the organization `n`."""

LET_GO_WHEN_FROZEN = "set_config('idle_in_transaction_session_timeout', '1s', true)"
"""The month's row is one for a whole organization: a worker that freezes between this statement and its
commit must not keep all others from it until it thaws. PostgreSQL ends its transaction; nothing happened."""

LOCK_UNSENT = """
    unsent_person as materialized (
      select id from recipient where organization_id = :organization
        and id = any(array(select recipient_id from perhaps_unsent)) order by id for no key update)"""
"""Locks the people of `perhaps_unsent (recipient_id)` in the order in which permits do, before any money."""

GIVE_BACK = f"""
    uncapped as (
      update recipient r set started = array_remove(r.started, u.permit_at) from unsent u
      where r.organization_id = :organization and r.id = u.recipient_id
        and r.id = any(array(select id from unsent_person)) and u.permit_at = any(r.started)),
    refunded as (
      update campaign_spend b set spent = greatest(0, b.spent - t.cost) from (
        select m.campaign_id, sum(u.cost) as cost from unsent u cross join lateral (
          select campaign_id from message where organization_id = :organization and id = u.message_id
            and purpose in ('blast', 'first_text') and campaign_id is not null limit 1) m
        group by m.campaign_id) t
      where b.organization_id = :organization and b.campaign_id = t.campaign_id returning b.campaign_id),
    refunded_month as (
      update month_spend b set spent = greatest(0, b.spent - t.cost) from (
        select sum(cost) as cost from unsent
        where permit_at >= {THIS_MONTH}::timestamp at time zone 'utc') t
      where b.organization_id = :organization and t.cost > 0 and b.month = {THIS_MONTH}
        and (select count(*) from refunded) >= 0)"""  # noqa: S608 - our own constants
"""Takes back what `unsent (recipient_id, message_id, permit_at, cost)` counted for."""
