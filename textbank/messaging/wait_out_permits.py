"""The second step of STOP: wait until no permit from before it can still be used.

Called after the STOP's transaction has committed and outside any transaction, also for a repeated
STOP. Permits that come later see the suppression. So the last unused permit decides how long.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.database import Database
from textbank.driver import rows_of
from textbank.errors import Unavailable
from textbank.messaging.protocol import PERMIT_LIFETIME, STOP_WAIT_LIMIT_SECONDS

_STILL_USABLE = sa.text(
    """
    select coalesce((
      select extract(epoch from max(permit_at) + cast(:lifetime as interval) - clock_timestamp())
      from attempt
      where organization_id = :organization and recipient_id = given.recipient_id
        and outcome is null and permit_at > clock_timestamp() - cast(:lifetime as interval)), 0)::float8
    from unnest(cast(:recipients as bigint[])) with ordinality as given (recipient_id, n) order by n
    """
)
_POLL_SECONDS = 0.05

StillUsable = Callable[[int, int], Awaitable[float]]
"""For how many seconds more a permit of this organization for this recipient may be used; asks afresh."""


async def still_usable(
    database: Database, organization_id: int, recipient_ids: Sequence[int]
) -> Sequence[float]:
    """For each recipient, for how many seconds more a permit may be used; 0 if there is none."""

    async def ask(session: AsyncSession) -> Sequence[float]:
        given = {"organization": organization_id, "recipients": list(recipient_ids)}
        rows = await rows_of(session, _STILL_USABLE, {**given, "lifetime": PERMIT_LIFETIME})
        return [row[0] for row in rows]

    return await database.idempotent(organization_id, ask)


async def wait_out_permits(
    database: Database, organization_id: int, recipient_id: int, *, ask: StillUsable | None = None
) -> None:
    """Return when nothing permitted before now can be handed over any more.

    Raises Unavailable (503) if that cannot be known within `STOP_WAIT_LIMIT_SECONDS`: the suppression is
    committed, and the carrier's retry of the webhook comes back here. `ask`: how the database is asked,
    where many wait at once.
    """
    started = clock.monotonic()
    try:
        async with asyncio.timeout(STOP_WAIT_LIMIT_SECONDS):
            while True:
                if ask is not None:
                    remaining = await ask(organization_id, recipient_id)
                else:
                    [remaining] = await still_usable(database, organization_id, [recipient_id])
                if remaining <= 0:
                    return
                await asyncio.sleep(min(remaining, _POLL_SECONDS))
    except TimeoutError as error:
        waited = clock.monotonic() - started
        raise Unavailable(
            f"The STOP is recorded, but after {waited:.1f} s it is not certain that nothing is under way "
            "to this number. Send it again."
        ) from error
