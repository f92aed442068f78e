"""Why a number may or may not be texted: suppressions, and the sealed ledger behind them.

A ledger row is spread over tables by what may happen to it. `consent_event` is written once and holds
nothing readable but its kind; `consent_payload` holds the words and can be erased; `consent_unsealed`
is the queue of the sealer; `consent_link` is the chain, which covers a salted digest of the payload
and so stays valid when the payload is gone.
"""

from datetime import datetime
from typing import Any

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


class Suppression(OrganizationRow, table=True):
    """One time during which a number must not be texted. At most one is open per recipient."""

    __tablename__ = "suppression"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("event_id", "consent_event"),
        within_organization("lifted_by_event_id", "consent_event"),
        sa.Index(
            "uq_suppression_open",
            "organization_id",
            "recipient_id",
            unique=True,
            postgresql_where=sa.text("lifted_at is null"),
        ),
        sa.Index(None, "organization_id", "recipient_id"),
        sa.Index(
            "ix_suppression_newest", "organization_id", "id", postgresql_where=sa.text("lifted_at is null")
        ),
    )
    recipient_id: int = reference()
    cause: str
    """stop_text, wrong_number, carrier_block, staff, texter, import, page, erased."""
    carrier_time: datetime | None = moment()
    """When the person's STOP was sent: by the carrier's list, or by our clock where no text was. Webhooks
    carry no time, so it is null after one; `inbound/come_back.py` asks the carrier when a START comes."""
    recorded_at: datetime = happened()
    event_id: int = reference()
    confirmation_queued: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    lifted_at: datetime | None = moment()
    lifted_by_event_id: int | None = reference(nullable=True)


class PendingStart(SQLModel, table=True):
    """A START, or a keyword, from a suppressed number: waits for the carrier's own times to be read."""

    __tablename__ = "pending_start"
    __table_args__ = (
        within_organization("message_id", "message"),
        within_organization("recipient_id", "recipient"),
        within_organization("keyword_id", "keyword"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    message_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = reference()
    sid: str
    keyword_id: int | None = reference(nullable=True)
    created_at: datetime = happened()


OPT_IN_OPEN = "confirmed_at is null and declined_at is null and expired_at is null"


class OptInRequest(OrganizationRow, table=True):
    """Somebody asked to join a list and was asked to confirm. At most one is open per number and list."""

    __tablename__ = "opt_in_request"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("contact_id", "contact"),
        within_organization("list_id", "contact_list"),
        within_organization("reminder_id", "message"),
        sa.Index(
            "uq_opt_in_request_open",
            "organization_id",
            "recipient_id",
            "list_id",
            unique=True,
            postgresql_where=sa.text(OPT_IN_OPEN),
        ),
        # What is due for a reminder or has expired.
        sa.Index(
            "ix_opt_in_request_due", "organization_id", "created_at", postgresql_where=sa.text(OPT_IN_OPEN)
        ),
        sa.CheckConstraint("source in ('keyword', 'web', 'flow')", name="source"),
        sa.CheckConstraint("language in ('en', 'es')", name="language"),
    )
    recipient_id: int = reference()
    contact_id: int | None = reference(nullable=True)
    list_id: int = reference()
    source: str
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})
    evidence: dict[str, Any] = Field(sa_type=postgresql.JSONB)
    """The first step: what they were shown and did, the question we asked, the ledger row about it."""
    needs_start: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """The number was opted out when they asked: only their START reaches us and completes this."""
    created_at: datetime = happened()
    expires_at: datetime = Field(sa_type=Timestamp)
    reminded_at: datetime | None = moment()
    reminder_id: int | None = reference(nullable=True)
    confirmed_at: datetime | None = moment()
    declined_at: datetime | None = moment()
    expired_at: datetime | None = moment()


class ConsentEvent(OrganizationRow, table=True):
    """That something about a number's consent happened. The database refuses update and delete."""

    __tablename__ = "consent_event"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        sa.Index(None, "organization_id", "recipient_id", "id"),
    )
    recipient_id: int = reference()
    kind: str
    recorded_at: datetime = happened()
    digest: bytes
    """SHA-256 over the salt and the canonical payload."""


class ConsentPayload(SQLModel, table=True):
    """The readable part of a ledger row: who, where, which words, which rule. It can be erased."""

    __tablename__ = "consent_payload"
    __table_args__ = (within_organization("event_id", "consent_event"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    event_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    salt: bytes
    payload: dict[str, Any] = Field(sa_type=postgresql.JSONB)


class ConsentUnsealed(SQLModel, table=True):
    """A ledger row that the sealer has not chained yet."""

    __tablename__ = "consent_unsealed"
    __table_args__ = (within_organization("event_id", "consent_event"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    event_id: int = Field(primary_key=True, sa_type=sa.BigInteger)


class ConsentLink(SQLModel, table=True):
    """One link of an organization's chain: number `position`, over the one before and one ledger row."""

    __tablename__ = "consent_link"
    __table_args__ = (
        within_organization("event_id", "consent_event"),
        sa.UniqueConstraint("organization_id", "event_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    position: int = Field(primary_key=True, sa_type=sa.BigInteger)
    event_id: int = reference()
    head: bytes
    sealed_at: datetime = happened()


class NumberKey(SQLModel, table=True):
    """The one key under which numbers of erased people are hashed. No log-in of the product can read it, and
    it is never changed: that would forget them all (docs/decisions/0019)."""

    __tablename__ = "number_key"
    __table_args__ = (sa.CheckConstraint("single", name="only_one"),)
    single: bool = Field(default=True, primary_key=True, sa_column_kwargs={"server_default": sa.true()})
    inner_block: bytes
    outer_block: bytes


class ErasedNumber(SQLModel, table=True):
    """That a number must not be texted, though nobody can read any more which: its person was erased.

    A trigger compares every new recipient with these, whichever way it comes.
    """

    __tablename__ = "erased_number"
    __table_args__ = (of_organization(),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    digest: bytes = Field(primary_key=True)
    """HMAC-SHA256 of organization and number."""
    carrier_time: datetime = Field(sa_type=Timestamp)
    """What a later START must be later than."""
    erased_at: datetime = happened()


class WebForm(SQLModel, table=True):
    """A list that people may ask for on a page of ours, or by a form on the group's own site."""

    __tablename__ = "web_form"
    __table_args__ = (within_organization("list_id", "contact_list"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    list_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    purpose: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What the texts are about, in the organization's words."""
    open: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    changed_at: datetime = happened()
