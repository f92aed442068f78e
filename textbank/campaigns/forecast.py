"""When a blast launched now would leave: who at once, and who waits for which window to open."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.contacts.place import Place
from textbank.messaging.protocol import FEEDING_ENDS
from textbank.messaging.window import current_or_next

_BY_PLACE = sa.text(
    """
    select r.place, count(distinct r.id) from subscription s
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    where s.organization_id = :organization and s.list_id = :list and s.state = 'subscribed'
      and r.suppressed_at is null and r.dead_since is null and r.review_since is null
    group by r.place
    """
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many may leave now, and how many wait until when (UTC), soonest first."""

    now: int
    later: list[tuple[datetime, int]]
    places: list[str]


async def forecast(session: AsyncSession, organization_id: int, list_id: int) -> Forecast:
    """Sort a list's people by when their sending window is open."""
    rows = await session.execute(_BY_PLACE, {"organization": organization_id, "list": list_id})
    at_once, later, places = 0, dict[datetime, int](), []
    for key, people in rows:
        places.append(key)
        opens, _ = current_or_next(Place.from_key(key), clock.now() + FEEDING_ENDS)
        if opens <= clock.now():
            at_once += people
        else:
            later[opens] = later.get(opens, 0) + people
    return Forecast(at_once, sorted(later.items()), places)
