"""What `textbank doctor` says of the nightly copies."""

from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from textbank import clock
from textbank.accounts.last_backup import last_backup
from textbank.cli.doctor_organization import Finding
from textbank.database import Database
from textbank.settings import Settings

CHECK: Final = "nightly copy"
_NEWEST: Final = timedelta(hours=50)
"""Two nights; one may have been spent switched off."""


async def examine_copies(database: Database, settings: Settings) -> Finding:
    """Whether the last copy succeeded and is of these days."""
    if settings.textbank_backups == "off":
        return Finding(CHECK, True, "off (TEXTBANK_BACKUPS); it is assumed that you make copies yourself.")
    try:
        async with database.transaction(0) as session:  # the row is the installation's, nobody's data
            last = await last_backup(session)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return Finding(CHECK, False, f"cannot be looked at ({error}).", "run `textbank migrate`.")
    if last is None:
        return Finding(CHECK, True, "none yet; the first is made tonight.")
    if last.failed_at is not None:
        return Finding(
            CHECK,
            False,
            f"the last try failed, {last.failed_at:%Y-%m-%d %H:%M} UTC: {last.failure}",
            "mend that; it is tried again within the hour. `textbank backup` makes one now.",
        )
    age = clock.now() - last.made_at if last.made_at else timedelta.max
    return Finding(
        CHECK,
        age <= _NEWEST,
        f"of {last.made_at:%Y-%m-%d %H:%M} UTC, {(last.bytes or 0) / 1e6:,.1f} MB, in {last.place}.",
        "see that worker and schedule run; `textbank backup` makes one now.",
    )
