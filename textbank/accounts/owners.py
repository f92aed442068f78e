"""There is always an owner: nobody else could make one."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import Conflict
from textbank.language import N_

# Locked in order, so that two owners who take each other out do so one after the other.
_LOCK = sa.text(
    "select id from member where organization_id = :organization and role = 'owner' and disabled_at is null "
    "order by id for no key update"
)
_ANY = sa.text(
    "select exists (select from member where organization_id = :organization and role = 'owner' "
    "and disabled_at is null)"
)


async def lock_owners(session: AsyncSession, organization_id: int) -> None:
    """Before anybody's role or state is changed: let nobody else change an owner meanwhile."""
    await session.execute(_LOCK, {"organization": organization_id})


async def keep_an_owner(session: AsyncSession, organization_id: int) -> None:
    """After it: raise Conflict where no owner is left; the caller's transaction then undoes it."""
    await session.flush()
    if not (await session.execute(_ANY, {"organization": organization_id})).scalar_one():
        raise Conflict(N_("This is the only owner. Make somebody else an owner first. Nothing was changed."))
