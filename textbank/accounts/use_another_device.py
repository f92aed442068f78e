"""Come back on another device by a link that signs a texter in once: from the first device, or a captain."""

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.invites import USED_UP, OpenInvite, make_invite
from textbank.accounts.member_models import Member
from textbank.accounts.roles import at_least
from textbank.errors import Conflict, NotAllowed, NotFound
from textbank.language import N_

OWN_MINUTES = 5
"""Long enough to take the other phone out; too short for a screenshot that goes around."""
CAPTAINS_MINUTES = 24 * 60
"""It travels by a message of the captain's, and works once."""


async def link_for_device(session: AsyncSession, member: Member, *, by: Member) -> str:
    """A link for this texter, made by themselves or a captain. Raises Conflict, NotAllowed.

    Nobody with a password has one: such a link would be a way around it.
    """
    own = by.id == member.id
    if not own and not at_least(by.role, "captain"):
        raise NotAllowed(N_("You cannot make a link for this texter. Nothing was made."))
    if member.role != "texter" or member.email is not None or member.disabled_at is not None:
        raise Conflict(N_("Such a link is for texters without an e-mail address. Nothing was made."))
    return await make_invite(
        session,
        member.organization_id,
        by=None if own else by,
        role="texter",
        for_member_id=member.id,
        minutes=OWN_MINUTES if own else CAPTAINS_MINUTES,
    )


def check_device_link(member: Member, invite: OpenInvite) -> None:
    """Raises NotFound where the member is not what they were when the link was made."""
    if (
        invite.role != "texter"
        or member.role != "texter"
        or member.email is not None
        or member.disabled_at is not None
    ):
        raise NotFound(USED_UP)
