"""What changed, told to whoever looks at a screen: hints without data, after the commit.

A hint may be lost: screens also ask by themselves every twenty seconds. `announcer.py` is the one that
really publishes; it is plugged in when a process starts, so that domain code never knows how.
"""

from collections.abc import Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.database import after_commit

DELIVERIES: Final = "deliveries"
ALERT: Final = "alert"
"""Somebody wrote what must be looked at first."""
TEXTERS: Final = "texters"
"""Somebody waits for a captain, or may go on: who is approved, who is suspended."""
QUESTIONS: Final = "questions"
"""A texter asked a captain, or was answered."""
SHIFT: Final = "shift"
"""Who answers whom was changed by a captain, or by somebody who gave back or took."""

Publisher = Callable[[int, str], None]

_publisher: Publisher | None = None


def publish_with(publisher: Publisher | None) -> None:
    """Plug in what tells. It must not block: it is called on the event loop."""
    global _publisher  # noqa: PLW0603 - one per process, set at start-up
    _publisher = publisher


def of_conversation(recipient_id: int) -> str:
    """The hint that something in one conversation is new."""
    return f"conversation {recipient_id}"


def of_member(member_id: int) -> str:
    """The hint that something in one of a member's conversations is new: a texter hears of no others."""
    return f"member {member_id}"


def announce(session: AsyncSession, organization_id: int, what: str) -> None:
    """Tell an organization's screens once the transaction is committed."""

    def tell() -> None:
        if _publisher is not None:
            _publisher(organization_id, what)

    after_commit(session, tell)
