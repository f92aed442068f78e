"""Approve new texters, and set whether that, practice and pausing by itself are wanted."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.accounts import audit
from textbank.accounts.settings_of import organization_of
from textbank.errors import Conflict, InvalidInput
from textbank.language import N_

PRACTICE: Final = ("off", "offered", "required")
APPROVAL: Final = ("none", "first", "trial")

_APPROVE = sa.text(
    "update member set approval = 'approved', trial_left = 0 where organization_id = :organization "
    "and id = :member and approval <> 'approved' returning id"
)
_APPROVE_ALL = sa.text(
    "update member set approval = 'approved', trial_left = 0 where organization_id = :organization "
    "and approval <> 'approved' and disabled_at is null"
)


@dataclass(frozen=True, slots=True)
class TextingSettings:
    """How texters get in."""

    practice: str
    approval: str
    pauses_texters: bool
    see_history: bool = False
    """Whether a texter also sees what was said before their campaign's first text."""


async def approve(session: AsyncSession, organization_id: int, member_id: int, *, actor: str) -> None:
    """Let a new texter text. Raises Conflict where another captain was quicker."""
    key = {"organization": organization_id, "member": member_id}
    if (await session.execute(_APPROVE, key)).one_or_none() is None:
        raise Conflict(N_("They are approved already. Nothing was changed."))
    audit.record(session, organization_id, "texter.approved", actor=actor, member_id=member_id)
    changes.announce(session, organization_id, changes.TEXTERS)


async def texting_settings(session: AsyncSession, organization_id: int) -> TextingSettings:
    """As they are set."""
    organization = await organization_of(session, organization_id)
    return TextingSettings(
        organization.practice,
        organization.approval,
        organization.pauses_texters,
        organization.texters_see_history,
    )


async def change_texting(
    session: AsyncSession, organization_id: int, wanted: TextingSettings, *, actor: str
) -> None:
    """Change them. Where approval is wanted no more, whoever waits for it is let in. Raises InvalidInput."""
    if wanted.practice not in PRACTICE or wanted.approval not in APPROVAL:
        raise InvalidInput(N_("Choose one of the offered answers. Nothing was changed."))
    organization = await organization_of(session, organization_id)
    organization.practice, organization.approval = wanted.practice, wanted.approval
    organization.pauses_texters = wanted.pauses_texters
    organization.texters_see_history = wanted.see_history
    if wanted.approval == "none":
        await session.execute(_APPROVE_ALL, {"organization": organization_id})
    audit.record(
        session,
        organization_id,
        "texting.changed",
        actor=actor,
        practice=wanted.practice,
        approval=wanted.approval,
    )
    changes.announce(session, organization_id, changes.TEXTERS)
