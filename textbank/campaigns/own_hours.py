"""What a campaign says of its hours: the columns, and the rule that they make (`messaging/rule.py`)."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.messaging.rule import Rule
from textbank.tables import moment, reference

CHECKS = (
    sa.CheckConstraint("(hours_open is null) = (hours_close is null)", name="hours_are_two"),
    sa.CheckConstraint(
        "hours_open >= '08:00' and hours_close <= '21:00' and hours_open < hours_close", name="hours_federal"
    ),
    sa.CheckConstraint("hours_open is null or not sells", name="what_sells_is_bound"),
    sa.CheckConstraint("hours_open is null or length(hours_because) >= 20", name="hours_have_a_reason"),
    sa.CheckConstraint("ends_at is null or ends_at_place is null", name="one_last_moment"),
)


class OwnHours(SQLModel):
    """The part of a campaign's row about hours. `window_rule` is made from the others, never by itself."""

    window_rule: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """`Rule.prefix`: what claims and permits put before a place; empty for the default hours."""
    sells: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whether it sells anything: then the states' rows bind it, and nobody can lift them."""
    hours_open: time | None = Field(default=None, nullable=True, sa_type=sa.Time)
    hours_close: time | None = Field(default=None, nullable=True, sa_type=sa.Time)
    """The hours of each day that an admin set instead of the default ones."""
    hours_because: str = Field(default="", sa_column_kwargs={"server_default": ""})
    hours_by_id: int | None = reference(nullable=True)
    ends_at_place: datetime | None = Field(
        default=None,
        nullable=True,
        sa_type=sa.DateTime(timezone=False),
    )
    """The last moment by the clock of each recipient's place: when polls close."""
    ends_at: datetime | None = moment()
    """The last moment as one instant."""


def rule_of(campaign: Any) -> Rule:
    """The rule of a campaign's row."""
    lifted = None if campaign.hours_open is None else (campaign.hours_open, campaign.hours_close)
    starts = campaign.starts_at_place or campaign.starts_at
    return Rule(campaign.sells, lifted, campaign.ends_at_place or campaign.ends_at, starts)
