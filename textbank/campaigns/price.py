"""What a draft's texts would cost: their segments, by the kinds of numbers that they would leave from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.prices import money_of

# Who knows no number of ours is texted from the pool, where each number carries as much as its pace allows.
_POOL = sa.text(
    "select s.kind, sum(s.segments_per_second) as pace from sender s join carrier_account a "
    "on a.organization_id = s.organization_id and a.id = s.carrier_account_id and a.halted_at is null "
    "where s.organization_id = :organization and s.halted_at is null and s.pooled "
    "and s.registration = 'registered' group by s.kind"
)


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for all texts; per kind of sender how many people and a segment's price."""

    dollars: Decimal
    kinds: dict[str, list[float]]
    cheaper_as_mms: int
    """For how many people a picture message with the same words would cost less."""


async def price_of(
    session: AsyncSession, organization_id: int, people: Mapping[str | None, int], lengths: Sequence[int]
) -> Price:
    """`people`: by the kind of number that they know us by; `lengths`: segments of some of their texts."""
    money = await money_of(session, organization_id)
    by_kind = await _spread(session, organization_id, people)
    each = Decimal(sum(lengths)) / len(lengths) if lengths else Decimal(0)
    dollars, cheaper = Decimal(0), 0.0
    for kind, many in by_kind.items():
        price = money.of_kind(kind)
        dollars += each * price * Decimal(many)
        longer = sum(length * price > money.mms_price for length in lengths)
        cheaper += many * longer / len(lengths) if lengths else 0.0
    kinds = {kind: [round(many), float(money.of_kind(kind))] for kind, many in by_kind.items()}
    return Price(dollars.quantize(Decimal("0.00001")), kinds, round(cheaper))


async def _spread(
    session: AsyncSession, organization_id: int, people: Mapping[str | None, int]
) -> dict[str, float]:
    """People by the kind of number that texts them; those of the pool by its numbers' pace."""
    spread = {kind: float(many) for kind, many in people.items() if kind is not None}
    pooled = people.get(None, 0)
    if pooled:
        pool = (await session.execute(_POOL, {"organization": organization_id})).all()
        whole = sum(row.pace for row in pool)
        for row in pool:
            spread[row.kind] = spread.get(row.kind, 0.0) + pooled * row.pace / whole
        if not pool:
            spread["long_code"] = spread.get("long_code", 0.0) + pooled
    return spread
