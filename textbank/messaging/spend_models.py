"""What was spent, and what may be: one row for each campaign, one for the organization's month.

Both are changed in the statement that permits, under the rows' locks, so that no two workers overdraw a
budget together; and given back in the statement that learns that a text did not leave
(`messaging/spend.py`).
"""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import of_organization, within_organization


def _dollars() -> Any:
    return Field(
        default=Decimal(0), sa_type=sa.Numeric(14, 5), sa_column_kwargs={"server_default": sa.text("0")}
    )


def _budget() -> Any:
    return Field(default=None, nullable=True, sa_type=sa.Numeric(14, 5))


class CampaignSpend(SQLModel, table=True):
    """Dollars that a campaign's texts cost, reckoned when each was permitted."""

    __tablename__ = "campaign_spend"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        sa.CheckConstraint("budget > 0", name="budget"),
        {"postgresql_with": {"fillfactor": 50}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    spent: Decimal = _dollars()
    budget: Decimal | None = _budget()
    """Null: no limit of its own. A row with a budget stands before the first text leaves, so that there is
    something to lock."""


class MonthSpend(SQLModel, table=True):
    """Dollars that all texts of a calendar month (UTC, as carriers bill) cost, answers and replies too."""

    __tablename__ = "month_spend"
    __table_args__ = (
        of_organization(),
        sa.CheckConstraint("budget > 0", name="budget"),
        {"postgresql_with": {"fillfactor": 50}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    month: date | None = Field(default=None, nullable=True)
    """Which month `spent` is of: a new one needs nobody to reset anything."""
    spent: Decimal = _dollars()
    budget: Decimal | None = _budget()
