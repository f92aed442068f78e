"""How the last nightly copy went, for the home page: "last copy: last night, 12 MB"."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_LAST = sa.text("select made_at, bytes, place, failed_at, failure from backup_copy")


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The last copy, and the failure after it where there was one."""

    made_at: datetime | None
    """None where none has succeeded yet."""
    bytes: int | None
    place: str | None
    """The file, on the machine of the worker that made it."""
    failed_at: datetime | None
    """Set only where the last try failed."""
    failure: str | None
    """What happened and what to do, in English as the operator reads it."""


async def last_backup(session: AsyncSession) -> LastBackup | None:
    """The last nightly copy; None before the first night."""
    row = (await session.execute(_LAST)).one_or_none()
    if row is None or (row.made_at is None and row.failed_at is None):
        return None
    return LastBackup(*row)
