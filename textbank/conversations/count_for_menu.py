"""What the menu of staff counts on each page of theirs: in one statement, and only as far as it says."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

MOST_COUNTED: Final = 20
"""Beyond, the menu says "20+"."""

_COUNT = sa.text(
    """
    select
      (select count(*) from (select from conversation where organization_id = :organization
        and needs_reply_since is not null limit :most) waiting) as waiting,
      (select count(*) from (select from member where organization_id = :organization
        and approval <> 'approved' and disabled_at is null limit :most) unapproved) as to_approve,
      (select count(*) from (select from captain_question where organization_id = :organization
        and answered_at is null limit :most) open) as questions
    """
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Each is `MOST_COUNTED` + 1 for any more."""

    waiting: int
    """Conversations that wait for a reply."""
    to_approve: int
    """Texters whom a captain has not let in."""
    questions: int
    """Questions of texters that no captain has answered."""


async def count_for_menu(session: AsyncSession, organization_id: int) -> Counted:
    """Count them."""
    values = {"organization": organization_id, "most": MOST_COUNTED + 1}
    return Counted(*(await session.execute(_COUNT, values)).one())
