"""People and their numbers, and the lists they asked to be on."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from textbank.tables import (
    OrganizationRow,
    Timestamp,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)


class Recipient(OrganizationRow, table=True):
    """One number within one organization: what suppression, window and conversation hang on.

    Every permit locks its row, so it stays narrow and leaves room on its page for updates in place.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        of_organization(),
        sa.UniqueConstraint("organization_id", "e164"),
        within_organization("sticky_sender_id", "sender"),
        # An empty place means "exempt from quiet hours" on an outbox group: nobody may have one by neglect.
        sa.CheckConstraint("place <> ''", name="place_known"),
        sa.Index(
            "ix_recipient_review",
            "organization_id",
            "id",
            postgresql_where=sa.text("review_since is not null"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )
    e164: str
    place: str
    """`contacts.place.Place.key`: the zones it may be in, by the best evidence we have."""
    suppressed_at: datetime | None = moment()
    """When we last recorded that this number must not be texted; null if it may."""
    review_since: datetime | None = moment()
    """Somebody must read what they wrote before anything leaves."""
    dead_since: datetime | None = moment()
    """The carrier says that no phone can be reached here."""
    sticky_sender_id: int | None = reference(nullable=True)
    started: list[datetime] = Field(
        default_factory=list,
        sa_type=postgresql.ARRAY(Timestamp),
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    """When the latest texts that we started were permitted, newest first: three, as the caps ask."""
    rests_until: datetime | None = moment()
    """They asked for a break: nothing that we start leaves until then."""
    less_since: datetime | None = moment()
    """They asked for less: at most one text that we start in a week."""
    created_at: datetime = happened()


def _folded(computed: str) -> Any:
    """A column that the database fills, for finding by; compared byte by byte."""
    return Field(
        default=None,
        sa_column=sa.Column(sa.Text(collation="C"), sa.Computed(computed, persisted=True), nullable=False),
    )


class Contact(OrganizationRow, table=True):
    """A person as the organization knows them."""

    __tablename__ = "contact"
    __table_args__ = (
        of_organization(),
        sa.Index(
            None,
            "organization_id",
            "external_id",
            unique=True,
            postgresql_where=sa.text("external_id is not null"),
        ),
        sa.Index("ix_contact_by_name", "organization_id", "sort_name", "folded_first", "id"),
        sa.Index("ix_contact_by_first_name", "organization_id", "folded_first", "id"),
        sa.Index(
            "ix_contact_by_email",
            "organization_id",
            "folded_email",
            postgresql_where=sa.text("folded_email <> ''"),
        ),
    )
    external_id: str | None = Field(default=None, nullable=True)
    first_name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    last_name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    zip_code: str | None = Field(default=None, nullable=True)
    email: str | None = Field(default=None, nullable=True)
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})
    fields: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    created_at: datetime = happened()
    sort_name: str = _folded(
        "coalesce(nullif(folded(last_name), ''), nullif(folded(first_name), ''), chr(1114109))"
    )
    """What they are filed under: the last name, else the first; without a name, at the end."""
    folded_first: str = _folded("folded(first_name)")
    folded_email: str = _folded("folded(coalesce(email, ''))")


class ContactNumber(OrganizationRow, table=True):
    """That a contact had a number from then until then; a shared number has several contacts."""

    __tablename__ = "contact_number"
    __table_args__ = (
        within_organization("contact_id", "contact"),
        within_organization("recipient_id", "recipient"),
        sa.Index(
            None,
            "organization_id",
            "recipient_id",
            "contact_id",
            unique=True,
            postgresql_where=sa.text("until is null"),
        ),
        sa.Index(None, "organization_id", "contact_id"),
    )
    contact_id: int = reference()
    recipient_id: int = reference()
    since: datetime = happened()
    until: datetime | None = moment()


class ContactList(OrganizationRow, table=True):
    """Contacts who asked for something, and what the confirmation must say about it."""

    __tablename__ = "contact_list"
    __table_args__ = (of_organization(), sa.UniqueConstraint("organization_id", "name"))
    name: str
    frequency: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """How often they will hear from us, in the words of the confirmation ("up to 6 msgs/month")."""
    double_opt_in: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whoever asks to join is asked back, and is on it only once they said YES."""
    created_at: datetime = happened()


class Subscription(OrganizationRow, table=True):
    """What one contact's number gets of one list, and on which ledger row that rests."""

    __tablename__ = "subscription"
    __table_args__ = (
        within_organization("list_id", "contact_list"),
        within_organization("contact_id", "contact"),
        within_organization("recipient_id", "recipient"),
        within_organization("basis_event_id", "consent_event"),
        sa.UniqueConstraint("organization_id", "list_id", "recipient_id", "contact_id"),
        sa.Index(None, "organization_id", "recipient_id"),
        sa.Index(None, "organization_id", "contact_id"),
        sa.Index("ix_subscription_members", "organization_id", "list_id", "state", "id"),
        sa.CheckConstraint(
            "state in ('subscribed', 'pending', 'paused', 'unsubscribed', 'no_basis')", name="state"
        ),
        sa.CheckConstraint(
            "state <> 'subscribed' or basis_event_id is not null", name="subscribed_has_basis"
        ),
    )
    list_id: int = reference()
    contact_id: int = reference()
    recipient_id: int = reference()
    state: str
    basis_event_id: int | None = reference(nullable=True)
    since: datetime = happened()
