"""Start as a texter by a link: a name is enough, and nothing is sent to anybody to prove it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts.add_member import add_member
from textbank.accounts.invites import use_invite
from textbank.accounts.member_models import Member
from textbank.accounts.settings_of import organization_of
from textbank.accounts.signs_as import check_name
from textbank.accounts.speaks import spoken
from textbank.errors import InvalidInput
from textbank.language import N_
from textbank.sms.phone_number import NotANumber, parse

TRIAL = 20
"""First texts that somebody may send before a captain has looked at them, where staff allow any."""

_ONTO_TEAM = sa.text(
    "insert into team_member (organization_id, team_id, member_id) "
    "values (:organization, :team, :member) on conflict do nothing"
)
_APPROVAL = {"none": "approved", "first": "waiting", "trial": "trial"}


@dataclass(frozen=True, slots=True)
class Starting:
    """What somebody typed on the start page."""

    name: str
    alias: str = ""
    phone: str = ""
    languages: Sequence[str] = ()


async def start_texting(
    session: AsyncSession, organization_id: int, invite_id: int, typed: Starting, *, language: str
) -> Member:
    """Make them a texter of the organization. Raises NotFound where the link is used up, InvalidInput."""
    check_name(typed.name, typed.alias)
    phone = phone_of(typed.phone)
    languages = spoken(typed.languages)
    invite = await use_invite(session, organization_id, invite_id)
    member = await add_member(
        session,
        organization_id,
        name=typed.name,
        role="texter",
        language=language,
        invite_id=invite_id,
        actor="invite",
    )
    member.alias = " ".join(typed.alias.split())[:30]
    member.phone, member.languages = phone, languages
    member.approval = _APPROVAL[(await organization_of(session, organization_id)).approval]
    member.trial_left = TRIAL if member.approval == "trial" else 0
    if member.approval != "approved":
        changes.announce(session, organization_id, changes.TEXTERS)
    await session.flush()
    if invite.team_id is not None:
        await put_on_team(session, organization_id, invite.team_id, member.id)
    return member


async def put_on_team(session: AsyncSession, organization_id: int, team_id: int, member_id: int) -> None:
    """Make a member one of a team's."""
    key = {"organization": organization_id, "team": team_id, "member": member_id}
    await session.execute(_ONTO_TEAM, key)


def phone_of(typed: str) -> str | None:
    """The number as it is kept; None for none. Raises InvalidInput for what is no number."""
    if not typed.strip():
        return None
    number = parse(typed)
    if isinstance(number, NotANumber):
        raise InvalidInput(N_("This is not a phone number. Mend it, or leave it empty."))
    return number.e164
