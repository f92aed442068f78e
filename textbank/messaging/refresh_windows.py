"""Keep `sending_window` true: for each place with waiting texts, the window now open or the next one.

The statements that claim and permit compare two timestamps; the rules of places and zones stay here,
in Python, where they can be tested.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import across, clock
from textbank.contacts.place import Place
from textbank.database import Database
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.window import current_or_next

_SET = sa.text(
    """
    insert into sending_window (organization_id, place, opens_at, closes_at)
    select :organization, * from unnest(
      cast(:places as text[]), cast(:opens as timestamptz[]), cast(:closes as timestamptz[]))
    on conflict (organization_id, place) do update
      set opens_at = excluded.opens_at, closes_at = excluded.closes_at
    """
)


async def refresh_windows(session: AsyncSession, organization_id: int, places: Iterable[str]) -> None:
    """Compute these places' windows. In a window's last minute, when feeding has ended, the next one."""
    keys = sorted(set(places) - {""})
    if not keys:
        return
    windows = [current_or_next(Place.from_key(key), clock.now() + FEEDING_ENDS) for key in keys]
    await session.execute(
        _SET,
        {
            "organization": organization_id,
            "places": keys,
            "opens": [opens for opens, _ in windows],
            "closes": [closes for _, closes in windows],
        },
    )


async def refresh_stale_windows(database: Database) -> None:
    """Compute the windows that waiting texts of any organization are held up for."""
    stale: dict[int, list[str]] = {}
    for organization_id, place in await across.stale_windows(database, FEEDING_ENDS):
        stale.setdefault(organization_id, []).append(place)
    for organization_id, places in stale.items():
        async with database.transaction(organization_id) as session:
            await refresh_windows(session, organization_id, places)
