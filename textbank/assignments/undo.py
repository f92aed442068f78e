"""Take a press back while its text still waits with us.

The text's row in the outbox decides: a claim and an undo both want it, and whoever gets its lock first has
it. What was claimed is as good as sent, and the texter is told so. The text itself stays written down, as
one that was taken back; the person is free to be pressed for again, under a new number of `undone`, so that
the old press counts for nothing where it arrives again, or only now. Of a trial it takes nothing.
"""

from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

Undone = Literal["undone", "too_late", "not_yours"]

# The audience's row is locked first, as a press does, in a statement of its own: the next one must see the
# text of a press that was committed while the lock was waited for.
_LOCK = sa.text(
    "select from audience_member where organization_id = :organization and campaign_id = :campaign "
    "and recipient_id = :recipient for update"
)
_UNDO = sa.text(
    """
    with mine as materialized (
      select message_id from audience_member where organization_id = :organization
        and campaign_id = :campaign and recipient_id = :recipient and assigned_member_id = :member),
    kept as (
      delete from outbox where organization_id = :organization
        and message_id = (select message_id from mine) and claim_token is null and attempt_id is null
      returning message_id),
    noted as (
      update message set purpose = 'taken_back', campaign_id = null where organization_id = :organization
        and id = (select message_id from kept)),
    free as (
      update audience_member set message_id = null, assigned_at = now(), undone = undone + 1
      where organization_id = :organization and campaign_id = :campaign and recipient_id = :recipient
        and exists (select from mine where message_id is null or message_id = (select message_id from kept))
      returning undone),
    one_more as (
      update member set trial_left = trial_left + 1 where organization_id = :organization and id = :member
        and approval = 'trial' and exists (select from kept))
    select case when exists (select from free) then 'undone'
      when exists (select from mine) then 'too_late' else 'not_yours' end
    """
)


async def undo(
    session: AsyncSession, organization_id: int, campaign_id: int, recipient_id: int, *, member_id: int
) -> Undone:
    """Take this texter's first text to a person back, unless it is on its way."""
    key = {
        "organization": organization_id,
        "campaign": campaign_id,
        "recipient": recipient_id,
        "member": member_id,
    }
    await session.execute(_LOCK, key)
    told: Undone = (await session.execute(_UNDO, key)).scalar_one()
    return told
