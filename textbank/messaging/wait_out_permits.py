"""The second step of STOP: wait until no permit from before it can still be used.

Called after the STOP's transaction has committed and outside any transaction, also for a repeated
STOP. Permits that come later see the suppression. So the last unused permit decides how long.
"""

import asyncio

import sqlalchemy as sa

from textbank import clock
from textbank.database import Database
from textbank.errors import Unavailable
from textbank.messaging.protocol import PERMIT_LIFETIME, STOP_WAIT_LIMIT_SECONDS

_STILL_USABLE = sa.text(
    """
    select extract(epoch from max(permit_at) + cast(:lifetime as interval) - clock_timestamp())::float8
    from attempt
    where organization_id = :organization and recipient_id = :recipient
      and outcome is null and permit_at > clock_timestamp() - cast(:lifetime as interval)
    """
)
_POLL_SECONDS = 0.05


async def wait_out_permits(database: Database, organization_id: int, recipient_id: int) -> None:
    """Return when nothing permitted before now can be handed over any more.

    Raises Unavailable (503) if that cannot be known within `STOP_WAIT_LIMIT_SECONDS`: the suppression is
    committed, and the carrier's retry of the webhook comes back here.
    """
    started = clock.monotonic()
    try:
        async with asyncio.timeout(STOP_WAIT_LIMIT_SECONDS):
            while True:
                remaining = await database.idempotent(
                    organization_id,
                    lambda session: session.scalar(
                        _STILL_USABLE,
                        {
                            "organization": organization_id,
                            "recipient": recipient_id,
                            "lifetime": PERMIT_LIFETIME,
                        },
                    ),
                )
                if remaining is None or remaining <= 0:
                    return
                await asyncio.sleep(min(remaining, _POLL_SECONDS))
    except TimeoutError as error:
        waited = clock.monotonic() - started
        raise Unavailable(
            f"The STOP is recorded, but after {waited:.1f} s it is not certain that nothing is under way "
            "to this number. Send it again."
        ) from error
