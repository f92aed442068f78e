"""Give back texts whose permit was asked for and whose answer never came.

When PostgreSQL dies between committing a permit and saying so, the attempt stands there and nobody will
use it. The worker that asked is alive and knows that it wrote nothing: that is evidence, so the texts
go back into the queue instead of being taken for unknown.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.messaging.spend import GIVE_BACK, LOCK_UNSENT
from textbank.messaging.unsettled import UNSETTLED

_DISOWN = sa.text(
    f"""
    with mine as (
      select message_id, attempt_id, recipient_id from outbox where organization_id = :organization
        and claim_token = :token and message_id = any(:messages) order by message_id for update),
    perhaps_unsent as (select recipient_id from mine where attempt_id is not null),{LOCK_UNSENT},
    ended as (
      update attempt a set outcome = 'not_sent', settled_at = clock_timestamp() from mine
      where a.organization_id = :organization and a.id = mine.attempt_id
        and {UNSETTLED} and (select count(*) from unsent_person) >= 0
      returning a.message_id, a.recipient_id, a.permit_at, a.cost),
    unsent as (select recipient_id, message_id, permit_at, cost from ended),{GIVE_BACK}
    update outbox o set claim_token = null, claimed_at = null, attempt_id = null
    from mine left join ended using (message_id)
    where o.organization_id = :organization and o.message_id = mine.message_id
      and (mine.attempt_id is null or ended.message_id is not null)
    """  # noqa: S608 - the interpolated fragments are our own constants
)


async def disown(
    session: AsyncSession, organization_id: int, token: UUID, message_ids: Sequence[int]
) -> None:
    """Say that nothing was handed over under this claim. Only the claim's owner may, and only once sure."""
    await session.execute(
        _DISOWN, {"organization": organization_id, "token": token, "messages": list(message_ids)}
    )
