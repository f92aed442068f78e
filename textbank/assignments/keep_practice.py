"""Keep how far a member is with practice, and say what else stands between them and a first text."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.assignments.practice import SKIPPED
from textbank.errors import MustWait
from textbank.language import N_

State = Literal["free", "practise", "trial", "waiting", "trial_over", "suspended"]

_STANDING = sa.text(
    """
    select m.practice, m.practised_at, m.approval, m.trial_left, m.suspended_at, m.suspended_because, m.role,
      o.practice as wanted, coalesce(nullif(m.alias, ''), split_part(m.name, ' ', 1)) as alias
    from member m join organization o on o.id = m.organization_id
    where m.organization_id = :organization and m.id = :member
    """
)
_KEEP = sa.text(
    "update member set practice = cast(:now as text), practised_at = case when cast(:now as text) = 'done' "
    "then coalesce(practised_at, now()) else practised_at end "
    "where organization_id = :organization and id = :member and practice = :before"
)
_UNLIMITED = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What a texter may do now."""

    state: State
    practice: str
    practised: bool
    wanted: str
    """`off`, `offered` or `required`, as staff set it."""
    trial_left: int
    because: str
    alias: str

    @property
    def may_text(self) -> bool:
        return self.state in ("free", "trial")

    @property
    def may_hold(self) -> int:
        """How many people they may hold at once."""
        return {"free": _UNLIMITED, "trial": self.trial_left}.get(self.state, 0)

    @property
    def should_practise(self) -> bool:
        """Whether practice comes first for somebody new: wanted, and neither done nor passed over."""
        return self.wanted != "off" and not self.practised and self.practice != SKIPPED


async def standing_of(session: AsyncSession, organization_id: int, member_id: int) -> Standing:
    """How a member stands."""
    row = (await session.execute(_STANDING, {"organization": organization_id, "member": member_id})).one()
    state: State = "free"
    if row.suspended_at is not None:
        state = "suspended"
    elif row.role != "texter":
        state = "free"
    elif row.wanted == "required" and row.practised_at is None:
        state = "practise"
    elif row.approval == "waiting":
        state = "waiting"
    elif row.approval == "trial":
        state = "trial" if row.trial_left > 0 else "trial_over"
    return Standing(
        state,
        row.practice,
        row.practised_at is not None,
        row.wanted,
        row.trial_left,
        row.suspended_because,
        row.alias,
    )


async def must_be_free(session: AsyncSession, organization_id: int, member_id: int) -> Standing:
    """Raises MustWait, which leads to what comes first, for whoever may not text now."""
    standing = await standing_of(session, organization_id, member_id)
    if standing.state == "practise":
        raise MustWait(N_("Practise first, please. It takes about 90 seconds."), "/texting/practice")
    if not standing.may_text:
        raise MustWait(N_("A captain has to let you go on first. Nothing was sent."), "/texting")
    return standing


async def keep_practice(
    session: AsyncSession, organization_id: int, member_id: int, *, before: str, now: str
) -> None:
    """Keep a step; where another tab was quicker, that one counts."""
    key = {"organization": organization_id, "member": member_id}
    await session.execute(_KEEP, {**key, "before": before, "now": now})
