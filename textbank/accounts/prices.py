"""What texts cost, by the kind of number that they leave from, and what all of them may cost in a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import InvalidInput
from textbank.language import N_

PRICES: Final = ("segment_price", "toll_free_price", "short_code_price", "mms_price")

_READ = sa.text(
    """
    select n.segment_price, n.toll_free_price, n.short_code_price, n.mms_price, b.budget,
      case when b.month = date_trunc('month', now() at time zone 'utc')::date then b.spent else 0 end as spent
    from organization n left join month_spend b on b.organization_id = n.id where n.id = :organization
    """
)
_CHANGE = sa.text(
    "update organization set segment_price = :segment_price, toll_free_price = :toll_free_price, "
    "short_code_price = :short_code_price, mms_price = :mms_price where id = :organization"
)
_BUDGET = sa.text(
    "insert into month_spend (organization_id, budget) values (:organization, cast(:budget as numeric)) "
    "on conflict (organization_id) do update set budget = excluded.budget"
)


@dataclass(frozen=True, slots=True)
class Money:
    """Prices in dollars, and the month's budget and spend."""

    segment_price: Decimal
    toll_free_price: Decimal
    short_code_price: Decimal
    mms_price: Decimal
    budget: Decimal | None
    spent: Decimal

    def of_kind(self, kind: str) -> Decimal:
        """A segment's price from a sender of this kind."""
        return {"toll_free": self.toll_free_price, "short_code": self.short_code_price}.get(
            kind, self.segment_price
        )


async def money_of(session: AsyncSession, organization_id: int) -> Money:
    """What things cost here, and how the month stands."""
    return Money(*(await session.execute(_READ, {"organization": organization_id})).one())


async def change_money(
    session: AsyncSession, organization_id: int, *, prices: Mapping[str, str], month_budget: str, actor: str
) -> None:
    """Set the four prices and the month's budget (empty: no limit). Raises InvalidInput."""
    read: dict[str, Any] = {name: _price(prices.get(name, "")) for name in PRICES}
    budget = budget_of(month_budget)
    before = await money_of(session, organization_id)
    await session.execute(_CHANGE, {"organization": organization_id, **read})
    await session.execute(_BUDGET, {"organization": organization_id, "budget": budget})
    audit.record(
        session,
        organization_id,
        "organization.money",
        actor=actor,
        budget="" if budget is None else f"{budget:.2f}",
        before={name: str(getattr(before, name)) for name in (*PRICES, "budget")},
        prices={name: str(price) for name, price in read.items()},
    )


def dollars(written: str) -> Decimal | None:
    """Dollars as people write them: 0.0125, $0.0125, .0125, 0,0125 or $1,200.50; None where it is none."""
    text = written.strip().lstrip("$").strip()
    if "," in text and ("." in text or (len(text.rpartition(",")[2]) == 3 and not text.startswith("0"))):
        text = text.replace(",", "")
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _price(written: str) -> Decimal:
    price = dollars(written)
    if price is None or not 0 <= price < 10:
        raise InvalidInput(
            N_("“{written}” is not a price in dollars, like 0.0125. Nothing was changed."), written=written
        )
    return price


def budget_of(written: str) -> Decimal | None:
    """A budget as somebody wrote it; None for no limit. Raises InvalidInput."""
    if not written.strip():
        return None
    budget = dollars(written)
    if budget is None or not Decimal("0.01") <= budget < 10_000_000:
        raise InvalidInput(
            N_("“{written}” is not a budget in dollars, like 250 or 99.50. Nothing was changed."),
            written=written,
        )
    return budget.quantize(Decimal("0.01"))
