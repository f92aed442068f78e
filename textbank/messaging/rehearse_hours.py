"""Open sending windows for a rehearsal, in an installation whose texts reach nobody.

Whoever tries Textbank at midnight would see every text held, rightly, and learn little else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.errors import NotAllowed
from textbank.language import N_
from textbank.messaging.rule import read_key

REHEARSAL = timedelta(hours=2)

_MODE = sa.text("select mode from installation")
# No key's own window lasts as long as a rehearsal, so its length tells them apart.
_UNTIL = sa.text(
    "select max(closes_at) from sending_window where organization_id = :organization "
    "and opens_at <= now() and closes_at > now() and closes_at - opens_at = cast(:length as interval)"
)
_OPEN = sa.text(
    """
    insert into sending_window (organization_id, place, opens_at, closes_at)
    select :organization, place, now(), now() + cast(:length as interval)
    from unnest(cast(:places as text[])) as place
    on conflict (organization_id, place) do update
      set opens_at = excluded.opens_at, closes_at = excluded.closes_at
    """
)
# Campaigns with hours of their own have windows of their own.
_RULES = sa.text(
    "select distinct window_rule from campaign where organization_id = :organization "
    "and state in ('draft', 'scheduled', 'running', 'paused')"
)
# Not every recipient's place, which would read them all: those that wait or have waited, and the newest's.
_KNOWN = sa.text(
    """
    select place from sending_window where organization_id = :organization
    union select place from outbox_group where organization_id = :organization and place <> ''
    union select place from (select place from recipient where organization_id = :organization
      order by id desc limit 10000) newest
    """
)


async def rehearse_hours_everywhere(session: AsyncSession, organization_id: int) -> None:
    """Open the window of every place that is likely to be rehearsed with. Raises NotAllowed."""
    places = (await session.execute(_KNOWN, {"organization": organization_id})).scalars().all()
    await rehearse_hours(session, organization_id, places)


async def rehearse_hours(session: AsyncSession, organization_id: int, places: Iterable[str]) -> None:
    """Open these places' windows for two hours. Raises NotAllowed where texts are real."""
    if (await session.execute(_MODE)).scalar_one() != "simulated":
        raise NotAllowed(
            N_("Quiet hours can be opened in a simulated installation only. Nothing was changed.")
        )
    rules = {"", *(await session.execute(_RULES, {"organization": organization_id})).scalars()}
    found = {place.rpartition("@")[2] for place in places}
    keys = [rule + place for rule in rules for place in found if not _is_bound(rule + place)]
    await session.execute(_OPEN, {"organization": organization_id, "length": REHEARSAL, "places": keys})


def _is_bound(key: str) -> bool:
    """Whether a first or last moment is ahead or in the rehearsal: not even a rehearsal goes past one."""
    rule, place = read_key(key)
    first, last = rule.first_moment_at(place), rule.last_moment_at(place)
    now = clock.now()
    return (first is not None and first > now) or (last is not None and last < now + REHEARSAL)


async def rehearsed_until(session: AsyncSession, organization_id: int) -> datetime | None:
    """When the day that was made ends; None where none was made, or it is over."""
    key = {"organization": organization_id, "length": REHEARSAL}
    until: datetime | None = (await session.execute(_UNTIL, key)).scalar_one()
    return until
