"""What is due for people who were asked something, of all organizations; `across.py` asks it."""

import sqlalchemy as sa

WAY_IN_CHORES = sa.text(
    """
    select distinct organization_id, 'opt_ins' from opt_in_request
    where confirmed_at is null and declined_at is null and expired_at is null
      and created_at < now() - interval '24 hours'
      and (expires_at <= now() or reminded_at is null and not needs_start)
    """
)
