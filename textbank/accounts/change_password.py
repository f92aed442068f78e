"""Change one's own password: hashed outside any transaction, and replaced where the old one still stands."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.sign_in import LOCKED
from textbank.errors import Conflict, TooManyTries
from textbank.language import N_

_STORED = sa.text(
    "select password_hash, coalesce(locked_until > now(), false) as locked from member "
    "where organization_id = :organization and id = :member and disabled_at is null"
)
_REPLACE = sa.text(
    "update member set password_hash = :new, failed_sign_ins = 0, locked_until = null "
    "where organization_id = :organization and id = :member and password_hash = :old returning id"
)
_OTHERS_OUT = sa.text(
    "with ended as (update sign_in set ended_at = now() where organization_id = :organization "
    "and member_id = :member and id <> :kept and ended_at is null returning id) "
    "delete from push_subscription where organization_id = :organization "
    "and sign_in_id in (select id from ended)"
)


async def stored_password(session: AsyncSession, organization_id: int, member_id: int) -> str | None:
    """The hash to compare with. Raises TooManyTries after wrong guesses: a found browser may not go on."""
    row = (await session.execute(_STORED, {"organization": organization_id, "member": member_id})).one()
    if row.locked:
        raise TooManyTries(LOCKED)
    found: str | None = row.password_hash
    return found


async def replace_password(
    session: AsyncSession, organization_id: int, member_id: int, *, old: str | None, new: str, kept: int
) -> None:
    """Set the new hash where the old one still stands; every sign-in but `kept` ends. Raises Conflict."""
    key = {"organization": organization_id, "member": member_id}
    changed = await session.scalar(_REPLACE, {**key, "old": old, "new": new})
    if changed is None:
        raise Conflict(N_("Your password was changed elsewhere meanwhile. Nothing was changed here."))
    await session.execute(_OTHERS_OUT, {**key, "kept": kept})
    audit.record(session, organization_id, "member.password", actor=f"member {member_id}")
