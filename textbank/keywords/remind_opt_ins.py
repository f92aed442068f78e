"""Look after questions that nobody answered: one reminder after a day, an end after three. A chore."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.consent import ledger
from textbank.consent.models import OPT_IN_OPEN
from textbank.keywords.opt_in_words import reminder
from textbank.messaging.enqueue import enqueue

BATCH: Final = 200
REMIND_AFTER: Final = timedelta(hours=24)

# The recipient's row first, as everywhere: a STOP or a YES meanwhile is seen, or waits for us.
_DUE = sa.text(
    f"""
    select q.id, q.recipient_id, q.list_id, q.language, q.expires_at, q.expires_at <= now() as over,
      r.place, r.sticky_sender_id, o.name as organization, l.name as programme
    from opt_in_request q
    join recipient r on r.organization_id = q.organization_id and r.id = q.recipient_id
    join contact_list l on l.organization_id = q.organization_id and l.id = q.list_id
    join organization o on o.id = q.organization_id
    where q.organization_id = :organization and q.created_at < now() - cast(:after as interval)
      and q.{OPT_IN_OPEN.replace(" and ", " and q.")}
      and (q.expires_at <= now() or q.reminded_at is null and not q.needs_start
        and r.suppressed_at is null and r.sticky_sender_id is not null)
    order by q.recipient_id limit :batch for no key update of r skip locked
    """  # noqa: S608 - our own constant
)
_OPEN_STILL = sa.text(
    f"select id from opt_in_request where organization_id = :organization "  # noqa: S608 - our own constant
    f"and id = any(:ids) and {OPT_IN_OPEN} for update"
)
_EXPIRE = sa.text(
    "update opt_in_request set expired_at = now() where organization_id = :organization and id = any(:ids)"
)
_REMINDED = sa.text(
    "update opt_in_request set reminded_at = now(), reminder_id = :message "
    "where organization_id = :organization and id = :id"
)


async def remind_opt_ins(session: AsyncSession, organization_id: int) -> int:
    """Remind and end one batch; returns how many were looked at."""
    key = {"organization": organization_id}
    due = (await session.execute(_DUE, key | {"after": REMIND_AFTER, "batch": BATCH})).all()
    open_still = set(await session.scalars(_OPEN_STILL, key | {"ids": [row.id for row in due]}))
    over = [row for row in due if row.id in open_still and row.over]
    if over:
        await session.execute(_EXPIRE, key | {"ids": [row.id for row in over]})
        events = [(row.recipient_id, {"list_id": row.list_id}) for row in over]
        await ledger.append_many(session, organization_id, "opt_in_expired", events)
    for row in due:
        if row.id not in open_still or row.over:
            continue
        message_id = await enqueue(
            session,
            organization_id,
            recipient_id=row.recipient_id,
            sender_id=row.sticky_sender_id,
            purpose="opt_in_reminder",
            body=reminder(row.organization, row.programme, row.language),
            place=row.place,
            expires_at=row.expires_at,
        )
        await session.execute(_REMINDED, key | {"id": row.id, "message": message_id})
    return len(due)
