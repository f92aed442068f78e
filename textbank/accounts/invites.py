"""Links by which people join an organization: made, used up to a head count, revoked with all who came."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.accounts import audit
from textbank.accounts.member_models import Invite, Member
from textbank.accounts.owners import keep_an_owner, lock_owners
from textbank.accounts.roles import LADDER, Role, may_give
from textbank.accounts.sign_in import digest_of
from textbank.errors import InvalidInput, NotAllowed, NotFound
from textbank.language import N_

_VALID = sa.text(
    "select id, role, campaign_id, for_member_id, team_id from invite "
    "where organization_id = :organization and digest = :digest "
    "and revoked_at is null and expires_at > now() and used < head_count"
)
_USE = sa.text(
    "update invite set used = used + 1 where organization_id = :organization and id = :invite "
    "and revoked_at is null and expires_at > now() and used < head_count "
    "returning role, campaign_id, for_member_id, team_id"
)
_REVOKE = sa.text(
    "update invite set revoked_at = coalesce(revoked_at, now()) "
    "where organization_id = :organization and id = :invite returning role"
)
_DISABLE = sa.text(
    """
    with gone as (
      update member set disabled_at = now() where organization_id = :organization and invite_id = :invite
        and disabled_at is null and role = any(:roles) returning id),
    out as (
      update sign_in s set ended_at = now() from gone where s.organization_id = :organization
        and s.member_id = gone.id and s.ended_at is null),
    told as (
      delete from push_subscription p using gone where p.organization_id = :organization
        and p.member_id = gone.id)
    select count(*) from gone
    """
)
USED_UP = N_(
    "This link does not work any more: it has run out, was used by as many people as it was made for, or was "
    "taken back. Ask whoever gave it to you for a new one."
)


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """What a link that still works leads to."""

    id: int
    role: Role
    campaign_id: int | None
    for_member_id: int | None
    """Whose password it sets, or whom it signs in; None for a link to join by."""
    team_id: int | None = None


async def make_invite(
    session: AsyncSession,
    organization_id: int,
    *,
    by: Member | None,
    role: Role,
    head_count: int = 1,
    days: int = 7,
    campaign_id: int | None = None,
    for_member_id: int | None = None,
    team_id: int | None = None,
    minutes: int | None = None,
    secret: str = "",
) -> str:
    """Make a link for `head_count` people and `days` days; returns its last part.

    It is shown this once, unless a `secret` of the installation is given, from which it can be made again.
    """
    if by is not None and not may_give(by.role, role) and not (role == "texter" and by.role != "texter"):
        raise NotAllowed(N_("You cannot invite somebody to this role. Nothing was made."))
    if not 1 <= head_count <= 1_000 or not 1 <= days <= 90:
        raise InvalidInput(N_("A link is for 1 to 1,000 people and 1 to 90 days. Nothing was made."))
    seed = secrets.token_bytes(16) if secret else None
    token = token_from(secret, seed) if seed else secrets.token_urlsafe(18)
    lasts = timedelta(minutes=minutes) if minutes else timedelta(days=days)
    invite = Invite(
        organization_id=organization_id,
        digest=digest_of(token),
        role=role,
        campaign_id=campaign_id,
        for_member_id=for_member_id,
        team_id=team_id,
        seed=seed,
        made_by_id=by.id if by else None,
        head_count=head_count,
        expires_at=clock.now() + lasts,
    )
    session.add(invite)
    await session.flush()
    actor = f"member {by.id}" if by else audit.COMMAND_LINE
    audit.record(session, organization_id, "invite.made", actor=actor, invite_id=invite.id, role=role)
    return f"{organization_id}.{token}"


def token_from(secret: str, seed: bytes) -> str:
    """The token of a link that can be shown again: worth nothing to whoever has the database alone."""
    return urlsafe_b64encode(hmac.new(secret.encode(), seed, hashlib.sha256).digest()[:18]).decode()


async def open_invite(session: AsyncSession, organization_id: int, token: str) -> OpenInvite:
    """The invite behind a link. Raises NotFound where it does not work any more."""
    row = (
        await session.execute(_VALID, {"organization": organization_id, "digest": digest_of(token)})
    ).one_or_none()
    if row is None:
        raise NotFound(USED_UP)
    return OpenInvite(*row)


async def use_invite(session: AsyncSession, organization_id: int, invite_id: int) -> OpenInvite:
    """Count one more person in, under the row's lock. Raises NotFound where the head count is reached."""
    row = (await session.execute(_USE, {"organization": organization_id, "invite": invite_id})).one_or_none()
    if row is None:
        raise NotFound(USED_UP)
    return OpenInvite(invite_id, *row)


async def revoke_invite(
    session: AsyncSession, organization_id: int, invite_id: int, *, by: Member, and_people: bool
) -> int:
    """Take a link back, and if asked for everybody who came by it; returns how many that were."""
    key = {"organization": organization_id, "invite": invite_id}
    role = (await session.execute(_REVOKE, key)).scalar_one_or_none()
    if role is None:
        raise NotFound(N_("There is no such link. Nothing was changed."))
    if not may_give(by.role, role) and role != "texter":
        raise NotAllowed(N_("You cannot take back a link to this role. Nothing was changed."))
    gone = 0
    if and_people:
        # Whoever has risen above the one who takes the link back stays.
        roles = [each for each in LADDER if may_give(by.role, each) or each == "texter"]
        await lock_owners(session, organization_id)
        gone = (await session.execute(_DISABLE, {**key, "roles": roles})).scalar_one()
        await keep_an_owner(session, organization_id)
    audit.record(
        session, organization_id, "invite.revoked", actor=f"member {by.id}", invite_id=invite_id, members=gone
    )
    return gone
