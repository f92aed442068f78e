"""Write down who changed what in an organization. The database refuses to change it afterwards."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.models import AuditEvent

COMMAND_LINE = "command line"
SCHEDULE = "schedule"
"""Nobody's doing: the time had come, or a limit was reached."""


def record(
    session: AsyncSession, organization_id: int, action: str, *, actor: str = COMMAND_LINE, **details: Any
) -> None:
    """Add an entry to this transaction. `details` holds JSON values, never a token or a supporter's words."""
    session.add(AuditEvent(organization_id=organization_id, actor=actor, action=action, details=details))
