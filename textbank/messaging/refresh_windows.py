"""Keep `sending_window` true: for each key with waiting texts, the window now open or the next one.

The statements that claim and permit compare two timestamps; the rules of places and zones stay here,
in Python, where they can be tested. A key is a place, or a campaign's rule and a place (`rule.py`).
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import across, clock
from textbank.database import Database
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.rule import read_key
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


async def refresh_windows(session: AsyncSession, organization_id: int, keys: Iterable[str]) -> None:
    """Compute these keys' windows. In a window's last minute, when feeding has ended, the next one."""
    known = sorted(set(keys) - {""})
    if not known:
        return
    at = clock.now() + FEEDING_ENDS
    read = [read_key(key) for key in known]
    windows = [current_or_next(place, at, rule) for rule, place in read]
    await session.execute(
        _SET,
        {
            "organization": organization_id,
            "places": known,
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
