"""People drawn from all of a draft's audience, whose texts tell how long everybody's are.

Each person reached is drawn with the same chance, by a hash of the recipient, window by window over the key
that the lists are read by: nothing is sorted, and nobody's chance depends on when they joined. The first
thousand of a list would not do: they may come from one import, with plain names, and the rest from another.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.campaigns.freeze_audience import AGAIN, REACHABLE
from textbank.campaigns.people import PERSON_COLUMNS

SAMPLE: Final = 1_000
"""Audiences up to here are composed whole; of larger ones a few more than this are drawn."""
DRAWN: Final = 1_200
_SHARES: Final = 1 << 24
"""A hash is compared in so many equal shares."""
_SURENESS: Final = 1.96
"""Standard errors on either side, within which the truth lies nineteen times of twenty."""

_WINDOW = sa.text(
    f"""
    select distinct on (s.recipient_id) s.recipient_id, {PERSON_COLUMNS}
    from campaign_list l
    join campaign c on c.organization_id = l.organization_id and c.id = l.campaign_id
    join subscription s on s.organization_id = l.organization_id and s.list_id = l.list_id
    join recipient r on r.organization_id = s.organization_id and r.id = s.recipient_id
    join contact p on p.organization_id = s.organization_id and p.id = s.contact_id
    where l.organization_id = :organization and l.campaign_id = :campaign
      and s.recipient_id > :after and s.recipient_id <= :upto
      and hashint8extended(s.recipient_id, cast(:campaign as bigint)) & {_SHARES - 1} < :share
      and (s.state = 'subscribed' or s.state = 'no_basis' and c.kind = 'p2p' and c.statement <> '')
      and r.suppressed_at is null and r.dead_since is null and r.review_since is null and {REACHABLE}
      and {AGAIN}
    order by s.recipient_id, s.contact_id
    """  # noqa: S608 - the interpolated fragments are our own constants
)


async def sample_audience(
    session: AsyncSession,
    key: dict[str, Any],
    windows: Sequence[tuple[int, int]],
    reached: int,
    *,
    drawn: int = DRAWN,
) -> list[Any]:
    """Rows for `person_of` of about `drawn` of the people reached, from all windows alike."""
    share = min(_SHARES, math.ceil(_SHARES * drawn / reached))
    found: list[Any] = []
    for after, upto in windows:
        rows = await session.execute(_WINDOW, {**key, "after": after, "upto": upto, "share": share})
        found.extend(rows)
    return found


def margin_of(lengths: Sequence[int], reached: int) -> float | None:
    """How far off the mean of these lengths may be, as a share of it; None where everybody was looked at.

    Where all are alike, three in as many as were drawn may still be different.
    """
    drawn = len(lengths)
    if drawn < 2 or drawn >= reached:
        return None
    error = statistics.stdev(lengths) / math.sqrt(drawn) * math.sqrt(1 - drawn / reached)
    return max(_SURENESS * error / statistics.fmean(lengths), 3 / drawn)
