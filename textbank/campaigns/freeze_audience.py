"""Freeze whom a launched campaign reaches: a window of recipients at a time, so that a million take a job
of many short statements, which can be interrupted and repeated anywhere.

Who joined a list after the launch is not in it; who left before their window was read is not either, and
the permit asks everything again before each text (docs/decisions/0011).
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import jobs
from textbank.campaigns.first_part import choose_first_part
from textbank.campaigns.wordings import DRAWN

WINDOW = 20_000
"""Subscriptions of each list that one statement reads."""

# Toll-free numbers and short codes text inside North America alone; whether another number may text a country
# is set at the carrier, and only its answer tells.
REACHABLE = """
    (r.e164 like '+1%' or exists (select from sender f where f.organization_id = :organization
      and f.kind not in ('toll_free', 'short_code')))
"""
NEVER_AGAIN = "(21610, 30004, 30005, 30006, 30007)"
"""Carriers' codes that a second text would only make worse: opted out, blocked, dead, landline, filtered."""

# Of a campaign that repeats another one's undelivered texts, nobody else is reached. A late report may still
# change what is younger than a day.
AGAIN = f"""
    (not exists (select from campaign f where f.organization_id = :organization and f.id = :campaign
        and f.again_of_id is not null)
      or exists (select from campaign f
        join audience_member u on u.organization_id = f.organization_id and u.campaign_id = f.again_of_id
          and u.recipient_id = s.recipient_id
        join delivery v on v.organization_id = u.organization_id and v.message_id = u.message_id
        where f.organization_id = :organization and f.id = :campaign
          and v.status in ('undelivered', 'failed') and v.updated_at < now() - interval '1 day'
          and coalesce(v.error_code, 0) not in {NEVER_AGAIN}))
"""  # noqa: S608 - the interpolated codes are our own constant
# The end of the next window: where the list that is densest there has its twenty-thousandth subscription.
WINDOW_END = """
    select min(b.recipient_id) from campaign_list l cross join lateral (
      select s.recipient_id from subscription s
      where s.organization_id = l.organization_id and s.list_id = l.list_id and s.recipient_id > :after
      order by s.recipient_id offset :window - 1 limit 1) b
    where l.organization_id = :organization and l.campaign_id = :campaign
"""
_LOCK = sa.text(
    "select frozen_to from campaign where organization_id = :organization and id = :campaign "
    "and frozen_at is null and state = 'running' for no key update"
)
# One person may have several numbers and one number several people: a campaign reaches a number once.
_FREEZE = sa.text(
    f"""
    with upto as materialized (select coalesce(({WINDOW_END}), 9223372036854775807) as id),
    reached as (
      insert into audience_member (organization_id, campaign_id, recipient_id, contact_id, later, wording)
      select distinct on (s.recipient_id) :organization, :campaign, s.recipient_id, s.contact_id,
        c.first_part is not null, {DRAWN}
      from campaign c
      join campaign_list l on l.organization_id = c.organization_id and l.campaign_id = c.id
      join subscription s on s.organization_id = l.organization_id and s.list_id = l.list_id
      join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
      where c.organization_id = :organization and c.id = :campaign
        and (s.state = 'subscribed' or s.state = 'no_basis' and c.kind = 'p2p' and c.statement <> '')
        and s.recipient_id > :after and s.recipient_id <= (select id from upto) and s.since <= c.launched_at
        and r.suppressed_at is null and r.review_since is null and r.dead_since is null
        and {REACHABLE} and {AGAIN}
      order by s.recipient_id, s.contact_id
      on conflict do nothing)
    update campaign set frozen_to = upto.id,
      frozen_at = case when upto.id = 9223372036854775807 then clock_timestamp() end
    from upto where organization_id = :organization and campaign.id = :campaign
    returning frozen_at
    """  # noqa: S608 - the interpolated statement is our own constant
)


async def freeze_audience(session: AsyncSession, organization_id: int, campaign_id: int) -> int:
    """Freeze the next window of a running campaign; 1 as long as there may be more to do, else 0."""
    key = {"organization": organization_id, "campaign": campaign_id}
    after = (await session.execute(_LOCK, key)).scalar_one_or_none()
    if after is None:
        return 1  # another worker froze the rest while this one waited for the lock
    frozen_at = (await session.execute(_FREEZE, {**key, "after": after, "window": WINDOW})).scalar_one()
    if frozen_at is not None:
        await choose_first_part(session, organization_id, campaign_id)
    jobs.ring(session, jobs.Job(jobs.QUEUE_AUDIENCE, organization_id))
    return 1
