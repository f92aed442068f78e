"""The organization's own phrases and alert words, asked about each text that comes in.

They are kept in each process for five seconds, so that most texts cost no statement for them and a change
holds everywhere soon after it is made; the process that made it knows it at once.
"""

from collections.abc import Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.database import after_commit
from textbank.sms.classify import Classification
from textbank.sms.own_phrases import OwnPhrase, alert_in, read_own
from textbank.sms.reading import Reading, read

KEPT_SECONDS: Final = 5.0
MOST: Final = 300

_LIVE = sa.text(
    "select id, key, meaning from own_phrase where organization_id = :organization and retired_at is null "
    "order by id limit :most"
)

_Kept = dict[int, tuple[float, Sequence[OwnPhrase]]]
# By the engine, so that what one database says is never believed of another.
_kept: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


async def listen(
    session: AsyncSession, organization_id: int, body: str, meaning: Classification
) -> tuple[Classification, str]:
    """What a text means to this organization, and the alert word in it, if there is one."""
    return heard(read(body), meaning, await phrases_of(session, organization_id))


def heard(
    reading: Reading, meaning: Classification, phrases: Sequence[OwnPhrase]
) -> tuple[Classification, str]:
    """The same, of a text that was read already, by phrases that are known."""
    alert = "" if meaning.rule == "reaction" else alert_in(reading.body, reading.key, phrases)
    return read_own(reading.key, meaning, phrases), alert


async def phrases_of(session: AsyncSession, organization_id: int) -> Sequence[OwnPhrase]:
    """The phrases in use, as this process knows them."""
    kept = _kept.setdefault(session.bind, {})
    found = kept.get(organization_id)
    now = clock.monotonic()
    if found is not None and now - found[0] < KEPT_SECONDS:
        return found[1]
    rows = await session.execute(_LIVE, {"organization": organization_id, "most": MOST})
    phrases = [OwnPhrase(*row) for row in rows]
    kept[organization_id] = (now, phrases)
    return phrases


def forget(session: AsyncSession, organization_id: int) -> None:
    """A change was made: once it is committed, this process asks again."""
    kept = _kept.setdefault(session.bind, {})
    kept.pop(organization_id, None)
    after_commit(session, lambda: kept.pop(organization_id, None))
