"""Who signs in: members of an organization, the browsers they are signed in with, and invites.

A person who belongs to two organizations of a coalition is two members: nothing about them is shared,
so that row-level security need not know anybody's identity.
"""

from datetime import datetime

import sqlalchemy as sa
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


class Member(OrganizationRow, table=True):
    """Somebody who works with an organization's texts. Texters who came by a link may have no e-mail."""

    __tablename__ = "member"
    __table_args__ = (
        of_organization(),
        within_organization("invite_id", "invite"),
        sa.Index(
            "uq_member_email",
            "organization_id",
            "email",
            unique=True,
            postgresql_where=sa.text("email is not null"),
        ),
        # Signing in knows an e-mail address and not yet the organization.
        sa.Index("ix_member_email", "email", postgresql_where=sa.text("email is not null")),
        sa.CheckConstraint("role in ('texter', 'captain', 'organizer', 'admin', 'owner')", name="role"),
        sa.CheckConstraint("language in ('en', 'es')", name="language"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
    )
    name: str
    alias: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The name that their texts are signed with, where a script says so; empty: the first word of `name`."""
    email: str | None = Field(default=None, nullable=True)
    password_hash: str | None = Field(default=None, nullable=True)
    """Argon2id, with its parameters."""
    role: str
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})
    time_zone: str = Field(
        default="America/New_York", sa_column_kwargs={"server_default": "America/New_York"}
    )
    created_at: datetime = happened()
    disabled_at: datetime | None = moment()
    failed_sign_ins: int = Field(
        default=0, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("0")}
    )
    locked_until: datetime | None = moment()
    """No password is even looked at before this."""
    invite_id: int | None = reference(nullable=True)

    @property
    def signs_as(self) -> str:
        """The alias that a text of theirs carries."""
        return self.alias or self.name.split()[0]


class SignIn(OrganizationRow, table=True):
    """One browser that a member is signed in with. Its token is kept as a SHA-256 digest only."""

    __tablename__ = "sign_in"
    __table_args__ = (
        within_organization("member_id", "member"),
        sa.UniqueConstraint("organization_id", "digest"),
        sa.Index(None, "organization_id", "member_id"),
    )
    member_id: int = reference()
    digest: bytes
    browser: str = Field(default="", sa_column_kwargs={"server_default": ""})
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = happened()
    seen_at: datetime = happened()
    ended_at: datetime | None = moment()


class Invite(OrganizationRow, table=True):
    """A link by which so many people may join, until then, in one role."""

    __tablename__ = "invite"
    __table_args__ = (
        of_organization(),
        sa.ForeignKeyConstraint(
            ["organization_id", "made_by_id"], ["member.organization_id", "member.id"], use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "for_member_id"], ["member.organization_id", "member.id"], use_alter=True
        ),
        within_organization("campaign_id", "campaign"),
        sa.UniqueConstraint("organization_id", "digest"),
        sa.CheckConstraint("role in ('texter', 'captain', 'organizer', 'admin', 'owner')", name="role"),
        sa.CheckConstraint("used >= 0 and used <= head_count", name="head_count"),
    )
    digest: bytes
    role: str
    campaign_id: int | None = reference(nullable=True)
    """Texters who come by this link are put on this campaign."""
    for_member_id: int | None = reference(nullable=True)
    """Not to join by, but for this member to set a new password."""
    made_by_id: int | None = reference(nullable=True)
    created_at: datetime = happened()
    expires_at: datetime = Field(sa_type=Timestamp)
    head_count: int
    used: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    revoked_at: datetime | None = moment()
