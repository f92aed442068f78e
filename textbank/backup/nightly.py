"""A copy each night without being asked: nobody thinks of it before the day on which it is needed."""

import logging
from datetime import datetime, timedelta

from textbank import clock
from textbank.backup import note_copy
from textbank.backup.make_copy import make_copy
from textbank.database import Database
from textbank.errors import TextbankError
from textbank.settings import Settings

log = logging.getLogger(__name__)

HOUR = 3
"""By this machine's own clock: organizations are in many zones, and the machine is in one."""
TOO_OLD = timedelta(hours=26)
"""A laptop that sleeps at night makes its copy when it wakes up."""
AGAIN_AFTER = timedelta(minutes=50)
LEASE = timedelta(hours=3)
"""A worker that has been making one for longer is gone."""


async def is_due(database: Database) -> bool:
    """Whether it is time; a failed one is tried again within the hour."""
    made_at, failed_at = await note_copy.last_made_and_failed(database)
    now = clock.now()
    if failed_at is not None and now - failed_at < AGAIN_AFTER:
        return False
    return is_time(now.astimezone(), made_at)


def is_time(now: datetime, last: datetime) -> bool:
    """The hour of the night without a copy in it, or too long since the last one."""
    tonight = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return now - last > TOO_OLD or (tonight <= now < tonight + timedelta(hours=1) and last < tonight)


async def make_nightly_copy(database: Database, settings: Settings) -> None:
    """Make it if it is this worker's turn, and note how that went: the home page shows it."""
    if not await note_copy.take_turn(database, lease=LEASE, apart=AGAIN_AFTER):
        return
    try:
        copy = await make_copy(settings, nightly=True)
    except TextbankError as error:
        log.warning("the nightly copy failed: %s", error.message)
        await note_copy.note_failed(database, error.message)
        return
    except Exception as error:
        await note_copy.note_failed(database, f"{type(error).__name__}: {error}"[:500])
        raise
    await note_copy.note_made(database, copy.made_at, copy.size, str(copy.path))
