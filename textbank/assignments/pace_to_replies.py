"""How many first texts a texter may take: fewer while people who wrote back wait for their answer.

Who is texted by hand and answers should hear from a person within twenty minutes. An answer takes about two
minutes, so ten waiting replies are what one texter can still catch up with. Whoever has that many, or one
that has waited so long, gets small batches; whoever has both answers first.
"""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.pace_to_replies import EACH_ANSWERS, WITHIN

MANY: Final = EACH_ANSWERS
SMALL_BATCH: Final = 5

_WAITING = sa.text(
    """
    select count(*) as waiting,
      coalesce(min(needs_reply_since) < now() - cast(:within as interval), false) as is_late,
      (select batch_size from campaign where organization_id = :organization and id = :campaign) as batch
    from (select needs_reply_since from conversation where organization_id = :organization
      and assigned_member_id = :member and needs_reply_since is not null
      order by needs_reply_since limit :many) first
    """
)


@dataclass(frozen=True, slots=True)
class Room:
    """What one texter may take on."""

    batch: int
    """0: they answer first."""
    is_less: bool
    """Whether that is fewer than usual, because replies wait."""


async def room_of(session: AsyncSession, organization_id: int, campaign_id: int, member_id: int) -> Room:
    """The batch that staff set, or less: looks at how many of this texter's replies wait (ten at most are
    read), and since when."""
    key = {"organization": organization_id, "campaign": campaign_id, "member": member_id}
    row = (await session.execute(_WAITING, {**key, "within": WITHIN, "many": MANY})).one()
    has_many = row.waiting >= MANY
    if has_many and row.is_late:
        return Room(0, True)
    return Room(min(SMALL_BATCH, row.batch), True) if has_many or row.is_late else Room(row.batch, False)
