"""Members as pages list them, and what an admin changes about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.member_models import Member
from textbank.accounts.owners import keep_an_owner, lock_owners
from textbank.accounts.roles import may_give
from textbank.accounts.sign_in import end_sign_ins
from textbank.errors import Conflict, NotAllowed, NotFound
from textbank.language import N_

PAGE = 50

_LIST = sa.text(
    """
    select m.id, m.name, m.alias, m.email, m.role, m.disabled_at, m.created_at,
      (select max(s.seen_at) from sign_in s where s.organization_id = m.organization_id
        and s.member_id = m.id) as seen_at
    from member m where m.organization_id = :organization and m.id > :after order by m.id limit :page
    """
)
_INVITES = sa.text(
    "select id, role, head_count, used, expires_at, campaign_id from invite "
    "where organization_id = :organization and revoked_at is null and expires_at > now() "
    "and used < head_count order by id desc limit 50"
)
_SIGN_INS = sa.text(
    "select id, browser, address, created_at, seen_at from sign_in where organization_id = :organization "
    "and member_id = :member and ended_at is null and seen_at > now() - interval '30 days' "
    "order by seen_at desc limit 50"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the members' page."""

    id: int
    name: str
    alias: str
    email: str | None
    role: str
    disabled_at: datetime | None
    created_at: datetime
    seen_at: datetime | None


async def list_members(
    session: AsyncSession, organization_id: int, *, after: int = 0
) -> tuple[list[Listed], int | None]:
    """One page of members, oldest first, and where the next one begins."""
    rows = (
        await session.execute(_LIST, {"organization": organization_id, "after": after, "page": PAGE + 1})
    ).all()
    listed = [Listed(*row) for row in rows[:PAGE]]
    return listed, listed[-1].id if len(rows) > PAGE else None


async def open_invites(session: AsyncSession, organization_id: int) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The newest links that still work: id, role, head_count, used, expires_at, campaign_id."""
    return (await session.execute(_INVITES, {"organization": organization_id})).all()


async def sign_ins_of(
    session: AsyncSession, organization_id: int, member_id: int
) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The browsers a member is signed in with: id, browser, address, created_at, seen_at."""
    return (await session.execute(_SIGN_INS, {"organization": organization_id, "member": member_id})).all()


async def get_member(session: AsyncSession, organization_id: int, member_id: int) -> Member:
    """A member by id. Raises NotFound."""
    member = await session.get(Member, (organization_id, member_id))
    if member is None:
        raise NotFound(N_("There is no such member. Nothing was changed."))
    return member


async def change_role(session: AsyncSession, by: Member, member: Member, role: str) -> None:
    """Give a member another role. Their pages change at once; they stay signed in."""
    if not may_give(by.role, role) or not may_give(by.role, member.role):
        raise NotAllowed(N_("You cannot give or take this role. Nothing was changed."))
    if role != "texter" and member.email is None:
        raise Conflict(
            N_("{name} joined without an e-mail address. Send a link for the new role. Nothing was changed."),
            name=member.name,
        )
    await lock_owners(session, by.organization_id)
    before, member.role = member.role, role
    member.approval = "approved"
    await keep_an_owner(session, by.organization_id)
    audit.record(
        session,
        by.organization_id,
        "member.role",
        actor=f"member {by.id}",
        member_id=member.id,
        before=before,
        after=role,
    )


async def disable(session: AsyncSession, by: Member, member: Member, *, again: bool = False) -> None:
    """Take somebody out, signed out everywhere; `again` takes them back in."""
    if not may_give(by.role, member.role) and not (member.role == "texter" and by.role == "captain"):
        raise NotAllowed(N_("You cannot change this member. Nothing was changed."))
    await lock_owners(session, by.organization_id)
    if not again:
        await end_sign_ins(session, by.organization_id, member.id)
    await session.execute(
        sa.text(
            "update member set disabled_at = case when :again then null else now() end "
            "where organization_id = :organization and id = :member"
        ),
        {"again": again, "organization": by.organization_id, "member": member.id},
    )
    await keep_an_owner(session, by.organization_id)
    action = "member.enabled" if again else "member.disabled"
    audit.record(session, by.organization_id, action, actor=f"member {by.id}", member_id=member.id)


async def names_of(session: AsyncSession, organization_id: int, actors: Iterable[str]) -> dict[str, str]:
    """The names behind actors such as `member 12`; what is nobody (the command line) is left out."""
    ids = {int(actor[7:]) for actor in actors if actor.startswith("member ") and actor[7:].isdigit()}
    rows = await session.execute(
        sa.text("select id, name from member where organization_id = :organization and id = any(:ids)"),
        {"organization": organization_id, "ids": sorted(ids)},
    )
    return {f"member {row.id}": row.name for row in rows}
