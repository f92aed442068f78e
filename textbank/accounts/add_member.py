"""Add somebody to an organization, with a password of their own or none yet."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.member_models import Member
from textbank.accounts.roles import Role
from textbank.database import attempt
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_


async def add_member(
    session: AsyncSession,
    organization_id: int,
    *,
    name: str,
    role: Role,
    email: str = "",
    password_hash: str | None = None,
    language: str = "en",
    time_zone: str = "America/New_York",
    invite_id: int | None = None,
    actor: str = audit.COMMAND_LINE,
) -> Member:
    """Add them. Raises InvalidInput without a name or with no address, Conflict where it is taken."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > 100:
        raise InvalidInput(N_("Please give a name. Nothing was kept."))
    if (email or role != "texter") and not _is_address(email):
        raise InvalidInput(N_("“{email}” is not an e-mail address. Nothing was kept."), email=email)
    member = Member(
        organization_id=organization_id,
        name=name,
        role=role,
        email=email or None,
        password_hash=password_hash,
        language=language,
        time_zone=time_zone,
        invite_id=invite_id,
    )
    try:
        async with attempt(session):
            session.add(member)
    except IntegrityError as error:
        raise Conflict(
            N_("{email} is a member already. Nothing was changed; sign in instead."), email=email
        ) from error
    audit.record(session, organization_id, "member.added", actor=actor, member_id=member.id, role=role)
    return member


async def has_members(session: AsyncSession, organization_id: int) -> bool:
    """Whether anybody can sign in to the organization."""
    found: bool = (
        await session.execute(
            sa.text("select exists (select from member where organization_id = :organization)"),
            {"organization": organization_id},
        )
    ).scalar_one()
    return found


def _is_address(email: str) -> bool:
    name, at, domain = email.rpartition("@")
    return bool(name and at and "." in domain and " " not in email and len(email) <= 254)
