"""The names of the fields that an audience's contacts have of their own."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

# An import gives the same fields to all of its rows, so some of each end of each list show nearly all.
_FIELDS = sa.text(
    """
    select distinct k.name from campaign_list l
    cross join lateral (
      (select s.contact_id from subscription s where s.organization_id = l.organization_id
        and s.list_id = l.list_id order by s.recipient_id limit 300)
      union
      (select s.contact_id from subscription s where s.organization_id = l.organization_id
        and s.list_id = l.list_id order by s.recipient_id desc limit 300)) few
    join contact p on p.organization_id = l.organization_id and p.id = few.contact_id
    cross join lateral jsonb_object_keys(p.fields) k (name)
    where l.organization_id = :organization and l.campaign_id = :campaign order by 1 limit 100
    """
)


async def fields_of_audience(session: AsyncSession, organization_id: int, campaign_id: int) -> list[str]:
    """Names of fields beside our own that a script may merge."""
    key = {"organization": organization_id, "campaign": campaign_id}
    return list((await session.execute(_FIELDS, key)).scalars())
