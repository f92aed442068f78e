"""What is counted of campaigns by jobs, so that no page counts an audience: before a launch, and after."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.tables import Timestamp, happened, moment, within_organization


def _count() -> Any:
    return Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})


def _dollars() -> Any:
    return Field(
        default=Decimal(0), sa_type=sa.Numeric(14, 5), sa_column_kwargs={"server_default": sa.text("0")}
    )


def _jsonb(empty: str) -> Any:
    return Field(
        default_factory=list if empty == "[]" else dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text(f"'{empty}'")},
    )


class CampaignPreview(SQLModel, table=True):
    """Whom a draft would reach and what that would cost, counted by a job; true for `changed_at`."""

    __tablename__ = "campaign_preview"
    __table_args__ = (within_organization("campaign_id", "campaign"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    of_change: datetime = Field(sa_type=Timestamp)
    reached: int = _count()
    without_basis: int = _count()
    opted_out: int = _count()
    dead: int = _count()
    review: int = _count()
    left_list: int = _count()
    duplicates: int = _count()
    unreachable: int = _count()
    """Numbers abroad that none of the organization's numbers can text."""
    abroad: int = _count()
    """Of those reached, numbers abroad: the carrier may refuse them."""
    segments: int = _count()
    exact: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """Whether `segments` were counted text by text, or reckoned from a sample."""
    margin: float | None = Field(default=None, nullable=True)
    """Of what was reckoned from a sample: how far off it may be, as a share."""
    now: int = _count()
    later: list[Any] = _jsonb("[]")
    """[opening in ISO 8601, people], soonest first."""
    never: int = _count()
    """People whom the campaign's own hours or its last moment leave out."""
    last_at: datetime | None = moment()
    """When the last text would leave."""
    capped: int = _count()
    """People who just had a text of ours: theirs waits until the caps let it go."""
    cost: Decimal = _dollars()
    kinds: dict[str, Any] = _jsonb("{}")
    """Kind of sender → how many people's texts leave from it, and what a segment costs there."""
    cheaper_as_mms: int = _count()
    """Of these people the text would cost less as a picture message."""
    computed_at: datetime = happened()


class NumberLookup(SQLModel, table=True):
    """Which network a number is on, as the carrier told for money; asked again after ninety days."""

    __tablename__ = "number_lookup"
    __table_args__ = (within_organization("recipient_id", "recipient"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    network: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """`t_mobile`, `att` or `other`; empty where the carrier did not know."""
    line_type: str = Field(default="", sa_column_kwargs={"server_default": ""})
    looked_up_at: datetime = happened()


class CampaignProgress(SQLModel, table=True):
    """How far a campaign is: kept counters, so that no page counts an audience."""

    __tablename__ = "campaign_progress"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        {"postgresql_with": {"fillfactor": 50}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    audience: int = _count()
    with_us: int = _count()
    at_carrier: int = _count()
    delivered: int = _count()
    failed: int = _count()
    not_sent: int = _count()
    opted_out: int = _count()
    replied: int = _count()
    waiting_replies: int = _count()
    reasons: dict[str, Any] = _jsonb("{}")
    """Why texts failed or were not sent: status or carrier's code → how many."""
    wordings: dict[str, Any] = _jsonb("{}")
    """Which of several wordings → how many left, were delivered, failed, replied and opted out."""
    senders: dict[str, Any] = _jsonb("{}")
    """Of several numbers: a number's id (0: whichever has room) → how far its texts are."""
    rate: float = Field(default=0.0, sa_column_kwargs={"server_default": sa.text("0")})
    """Texts a second that left, smoothed over the last refreshes."""
    never: int = _count()
    last_at: datetime | None = moment()
    """When the last waiting text will leave, at the pace of all numbers and in the windows to come."""
    held: int = _count()
    """Of those with us, texts that wait because their person had enough of ours lately."""
    held_until: datetime | None = moment()
    """When the first of these may leave."""
    computed_at: datetime = happened()
    seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": sa.text("0")})
    """How long counting took, which decides when the next is due (`campaign_chores.py`)."""
