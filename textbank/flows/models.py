"""Flows: what we say and ask by ourselves when somebody joins or writes for the first time.

A flow is a draft; publishing freezes it as a version, and each run keeps to the version it began with.
"""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.tables import (
    OrganizationRow,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)


class Flow(OrganizationRow, table=True):
    """A flow as staff edit it."""

    __tablename__ = "flow"
    __table_args__ = (
        within_organization("list_id", "contact_list"),
        sa.UniqueConstraint("organization_id", "name"),
        # Who writes without a keyword gets this one: at most one of an organization.
        sa.Index(
            "uq_flow_for_strangers",
            "organization_id",
            unique=True,
            postgresql_where=sa.text("for_strangers"),
        ),
    )
    name: str
    list_id: int | None = reference(nullable=True)
    """The list whose members it welcomes: the basis of what it sends days later."""
    draft: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    for_strangers: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    published: int | None = Field(default=None, nullable=True)
    """The version that new runs begin with; null: none."""
    changed_at: datetime = happened()
    archived_at: datetime | None = moment()
    """Put away: nobody begins it, and it is offered nowhere."""


class FlowVersion(OrganizationRow, table=True):
    """A flow as it was published; never changed."""

    __tablename__ = "flow_version"
    __table_args__ = (
        within_organization("flow_id", "flow"),
        sa.UniqueConstraint("organization_id", "flow_id", "version"),
    )
    flow_id: int = reference()
    version: int
    document: dict[str, Any] = Field(sa_type=postgresql.JSONB)
    published_at: datetime = happened()
    published_by: str = Field(default="", sa_column_kwargs={"server_default": ""})


RUN_ASKS = "ended_at is null and asked_at is not null"


class FlowRun(OrganizationRow, table=True):
    """One person on their way through a version. While a question is open they have no other such run."""

    __tablename__ = "flow_run"
    __table_args__ = (
        within_organization("version_id", "flow_version"),
        within_organization("recipient_id", "recipient"),
        within_organization("sender_id", "sender"),
        sa.Index(
            "uq_flow_run_asks",
            "organization_id",
            "recipient_id",
            unique=True,
            postgresql_where=sa.text(RUN_ASKS),
        ),
        sa.Index(
            "ix_flow_run_open",
            "organization_id",
            "recipient_id",
            postgresql_where=sa.text("ended_at is null"),
        ),
        # How many are on their way is said before another version is published.
        sa.Index(
            "ix_flow_run_on_the_way",
            "organization_id",
            "version_id",
            postgresql_where=sa.text("ended_at is null"),
        ),
        sa.Index(
            "ix_flow_run_due",
            "resumes_at",
            postgresql_where=sa.text("ended_at is null and resumes_at is not null"),
        ),
        sa.CheckConstraint("language in ('en', 'es')", name="language"),
        sa.CheckConstraint("member in ('new', 'returning', 'present')", name="member"),
    )
    version_id: int = reference()
    recipient_id: int = reference()
    sender_id: int = reference()
    language: str
    member: str
    step: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The step whose answer is waited for, or at which the run goes on."""
    tries: int = Field(default=0, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("0")})
    answers: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    asked_at: datetime | None = moment()
    """Since when a question is open; null: none is."""
    resumes_at: datetime | None = moment()
    """When the next text of a series is due."""
    began_at: datetime = happened()
    ended_at: datetime | None = moment()
    ended_because: str = Field(default="", sa_column_kwargs={"server_default": ""})


class FlowCall(OrganizationRow, table=True):
    """A webhook that a flow calls: written with the step, called by a job after the commit."""

    __tablename__ = "flow_call"
    __table_args__ = (
        within_organization("run_id", "flow_run"),
        sa.Index("ix_flow_call_due", "next_at", postgresql_where=sa.text("done_at is null")),
    )
    run_id: int = reference()
    url: str
    body: dict[str, Any] = Field(sa_type=postgresql.JSONB)
    tries: int = Field(default=0, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("0")})
    next_at: datetime = happened()
    done_at: datetime | None = moment()
    outcome: str = Field(default="", sa_column_kwargs={"server_default": ""})


class OfficeHours(SQLModel, table=True):
    """When somebody is there to answer, and what a text gets when nobody is."""

    __tablename__ = "office_hours"
    __table_args__ = (of_organization(), sa.CheckConstraint("opens < closes", name="order"))
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    zone: str
    days: str = Field(default="12345", sa_column_kwargs={"server_default": "12345"})
    """Days of the week, Monday is 1."""
    opens: time = Field(sa_type=sa.Time)
    closes: time = Field(sa_type=sa.Time)
    words: dict[str, Any] = Field(sa_type=postgresql.JSONB)
    """The away answer, by language."""
    changed_at: datetime = happened()
