"""Texts, and the tables that carry one out: each does one thing (docs/architecture.md, "a text out")."""

from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.tables import (
    OrganizationRow,
    Timestamp,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)


class Lane(IntEnum):
    """What leaves before what. A lower number goes first (promise 8)."""

    ANSWER = 1
    REPLY = 2
    FIRST_TEXT = 3
    BLAST = 4


class Message(OrganizationRow, table=True):
    """A text in or out; written once. Partitionable by ranges of `id`, which grows with time."""

    __tablename__ = "message"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("sender_id", "sender"),
        within_organization("campaign_id", "campaign"),
        within_organization("list_id", "contact_list"),
        sa.Index(None, "organization_id", "recipient_id", "id"),
        sa.Index(
            "uq_message_first_text",
            "organization_id",
            "campaign_id",
            "recipient_id",
            unique=True,
            postgresql_where=sa.text("purpose in ('blast', 'first_text')"),
        ),
        # How many tests to oneself a day has seen.
        sa.Index(
            "ix_message_test",
            "organization_id",
            "created_at",
            postgresql_where=sa.text("purpose = 'test'"),
        ),
        sa.CheckConstraint("direction in ('in', 'out')", name="direction"),
    )
    recipient_id: int = reference()
    sender_id: int | None = reference(nullable=True)
    campaign_id: int | None = reference(nullable=True)
    list_id: int | None = reference(nullable=True)
    """Of a welcome series: the list on which it rests."""
    direction: str
    purpose: str
    """Inbound: what `sms.classify` made of it. Outbound: see `messaging/purpose.py`."""
    rule: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Inbound: which rule decided."""
    channel: str = Field(default="sms", sa_column_kwargs={"server_default": "sms"})
    body: str
    media: list[Any] = Field(
        default_factory=list, sa_type=postgresql.JSONB, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    sent_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    carrier_time: datetime | None = moment()
    created_at: datetime = happened()


class OutboxGroup(OrganizationRow, table=True):
    """Waiting texts that become sendable together: one sender or the pool, one campaign, place and lane."""

    __tablename__ = "outbox_group"
    __table_args__ = (
        within_organization("sender_id", "sender"),
        within_organization("campaign_id", "campaign"),
        sa.UniqueConstraint(
            "organization_id",
            "sender_id",
            "lane",
            "campaign_id",
            "place",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("lane < 3 or place <> ''", name="what_we_start_has_a_place"),
    )
    sender_id: int | None = reference(nullable=True)
    """Null: whichever number of the pool has room, chosen at the claim (docs/decisions/0013)."""
    campaign_id: int | None = reference(nullable=True)
    lane: int = Field(sa_type=sa.SmallInteger)
    place: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Whose window binds the group; empty where quiet hours exempt it (promise 4)."""


class SendingWindow(SQLModel, table=True):
    """The sending window now open, or the next one, at a place; computed by `messaging/window.py`."""

    __tablename__ = "sending_window"
    __table_args__ = (of_organization(),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    place: str = Field(primary_key=True)
    opens_at: datetime = Field(sa_type=Timestamp)
    closes_at: datetime = Field(sa_type=Timestamp)


class Outbox(SQLModel, table=True):
    """What waits to leave. The row goes when the text's outcome is known."""

    __tablename__ = "outbox"
    __table_args__ = (
        # The message first: by the statistics of a queue that was empty a minute ago it has one row, and with
        # the organization first PostgreSQL would read all of its rows by this key to find one.
        sa.PrimaryKeyConstraint("message_id", "organization_id"),
        within_organization("message_id", "message"),
        within_organization("group_id", "outbox_group"),
        within_organization("recipient_id", "recipient"),
        sa.Index(
            "ix_outbox_due",
            "organization_id",
            "group_id",
            "due_at",
            "message_id",
        ),
        # How many of a campaign's texts a cap holds, and until when.
        sa.Index(
            "ix_outbox_held",
            "organization_id",
            "group_id",
            "due_at",
            postgresql_where=sa.text("held is not null"),
        ),
        sa.Index(
            "ix_outbox_claimed",
            "claimed_at",
            postgresql_where=sa.text("claim_token is not null and attempt_id is null"),
        ),
        {
            "postgresql_with": {
                "fillfactor": 70,
                "autovacuum_vacuum_scale_factor": 0.02,
                "autovacuum_vacuum_cost_delay": 0,
            }
        },
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    message_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    group_id: int = reference()
    recipient_id: int = reference()
    segments: int = Field(sa_type=sa.SmallInteger)
    queued_at: datetime = happened()
    due_at: datetime = happened()
    exempt_until: datetime | None = moment()
    """Exempt from quiet hours only until then (an hour after they wrote); null: the group decides."""
    expires_at: datetime | None = moment()
    """An answer that nobody would understand, or may lawfully get, after this."""
    claim_token: UUID | None = Field(default=None, nullable=True, sa_type=sa.Uuid)
    claimed_at: datetime | None = moment()
    held: str | None = Field(default=None, nullable=True)
    """`cap`: it waits because of what its person got lately, until `due_at`."""
    attempt_id: int | None = reference(nullable=True)
    """The permit given for it; while set, nobody may claim it, however old the claim."""


class Attempt(OrganizationRow, table=True):
    """One permit to hand one text over, and how that ended. No outcome means: it may be with the carrier."""

    __tablename__ = "attempt"
    __table_args__ = (
        within_organization("message_id", "message"),
        within_organization("recipient_id", "recipient"),
        within_organization("sender_id", "sender"),
        # Promise 2 in the database: while one attempt may have reached the carrier, no second exists.
        sa.Index(
            "uq_attempt_live",
            "organization_id",
            "message_id",
            unique=True,
            postgresql_where=sa.text("outcome is null or outcome in ('unknown', 'accepted')"),
        ),
        sa.Index(
            "ix_attempt_unsettled",
            "organization_id",
            "recipient_id",
            "permit_at",
            postgresql_where=sa.text("outcome is null or outcome = 'unknown'"),
        ),
        sa.CheckConstraint(
            "outcome in ('accepted', 'refused', 'not_sent', 'unknown', 'absent')", name="outcome"
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )
    message_id: int = reference()
    recipient_id: int = reference()
    sender_id: int = reference()
    permit_at: datetime = Field(sa_type=Timestamp)
    cost: Decimal = Field(
        default=Decimal(0), sa_type=sa.Numeric(8, 5), sa_column_kwargs={"server_default": sa.text("0")}
    )
    """Dollars that were booked for it, given back where it did not leave (`messaging/spend.py`)."""
    outcome: str | None = Field(default=None, nullable=True)
    error_code: int | None = Field(default=None, nullable=True)
    settled_at: datetime | None = moment()
    absent_since: datetime | None = moment()
    """When the carrier's list was first read without it."""


class Delivery(SQLModel, table=True):
    """Where a text stands; moves forward only (`sms/status.py`)."""

    __tablename__ = "delivery"
    __table_args__ = (
        within_organization("message_id", "message"),
        {"postgresql_with": {"fillfactor": 70}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    message_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    rank: int = Field(sa_type=sa.SmallInteger)
    status: str
    error_code: int | None = Field(default=None, nullable=True)
    updated_at: datetime = happened()


class CarrierMessage(SQLModel, table=True):
    """The carrier's id of a text, either direction: unique, so that nothing is filed or settled twice."""

    __tablename__ = "carrier_message"
    __table_args__ = (
        within_organization("message_id", "message"),
        within_organization("attempt_id", "attempt"),
        sa.Index(
            "uq_carrier_message_attempt",
            "organization_id",
            "attempt_id",
            unique=True,
            postgresql_where=sa.text("attempt_id is not null"),
        ),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    sid: str = Field(primary_key=True)
    message_id: int = reference()
    attempt_id: int | None = reference(nullable=True)
