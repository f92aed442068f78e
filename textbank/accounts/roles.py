"""What each role may do, as a ladder: whoever may do more may do all that is below.

A texter has conversations with the people assigned to them; a captain helps and approves texters and sees
every conversation; an organizer runs lists, keywords and campaigns; an admin looks after members, senders
and what the law needs said; an owner also makes owners.
"""

from typing import Final, Literal, get_args

Role = Literal["texter", "captain", "organizer", "admin", "owner"]

LADDER: Final[tuple[Role, ...]] = get_args(Role)


def at_least(role: str, needed: Role) -> bool:
    """Whether `role` may do what `needed` may. An unknown role may do nothing."""
    return role in LADDER and LADDER.index(role) >= LADDER.index(needed)


def may_give(giver: str, role: str) -> bool:
    """Whether somebody may give (or take) a role: admins up to admin, owners any."""
    return role in LADDER and at_least(giver, "admin") and at_least(giver, role)
