"""Open sending windows for a rehearsal, in an installation whose texts reach nobody.

Whoever tries Textbank at midnight would see every text held, rightly, and learn little else.
"""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import NotAllowed

REHEARSAL = timedelta(hours=2)

_MODE = sa.text("select mode from installation")
_OPEN = sa.text(
    """
    insert into sending_window (organization_id, place, opens_at, closes_at)
    select :organization, place, now(), now() + cast(:length as interval)
    from unnest(cast(:places as text[])) as place
    on conflict (organization_id, place) do update
      set opens_at = excluded.opens_at, closes_at = excluded.closes_at
    """
)


async def rehearse_hours(session: AsyncSession, organization_id: int, places: Iterable[str]) -> None:
    """Open these places' windows for two hours. Raises NotAllowed where texts are real."""
    if (await session.execute(_MODE)).scalar_one() != "simulated":
        raise NotAllowed("Quiet hours can be opened in a simulated installation only. Nothing was changed.")
    await session.execute(
        _OPEN, {"organization": organization_id, "length": REHEARSAL, "places": list(places)}
    )
