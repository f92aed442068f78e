"""Who signs in: members of an organization, the browsers they are signed in with, and invites.

A person who belongs to two organizations of a coalition is two members: nothing about them is shared,
so that row-level security need not know anybody's identity.
"""

from datetime import datetime

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
        sa.CheckConstraint("approval in ('approved', 'waiting', 'trial')", name="approval"),
        sa.CheckConstraint(
            "languages <@ array['en', 'es', 'zh', 'vi', 'ko', 'tl', 'ht', 'ar', 'fr', 'pt', 'ru']::varchar[]",
            name="languages",
        ),
        # Whose phone it is that texts us to be let in again.
        sa.Index(
            "ix_member_phone", "organization_id", "phone", postgresql_where=sa.text("phone is not null")
        ),
        # Who waits for a captain: to be approved, or to be let go on.
        sa.Index(
            "ix_member_to_approve",
            "organization_id",
            "id",
            postgresql_where=sa.text("approval <> 'approved' and disabled_at is null"),
        ),
        sa.Index(
            "ix_member_suspended",
            "organization_id",
            "id",
            postgresql_where=sa.text("suspended_at is not null and disabled_at is null"),
        ),
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
    phone: str | None = Field(default=None, nullable=True)
    """E.164: a text from it lets them in on another phone (`accounts/come_back.py`)."""
    languages: list[str] = Field(
        default_factory=list,
        sa_type=postgresql.ARRAY(sa.String),
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    """What they speak with supporters; empty: the language of their pages."""
    practice: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """How far they are in the practice exchanges, as `assignments/practice.py` writes it."""
    practised_at: datetime | None = moment()
    approval: str = Field(default="approved", sa_column_kwargs={"server_default": "approved"})
    """`waiting` may text nobody yet; `trial` may send `trial_left` first texts more."""
    trial_left: int = Field(
        default=0, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("0")}
    )
    suspended_at: datetime | None = moment()
    """A captain wants a word: until then they send nothing and hold nobody."""
    suspended_because: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reminders: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """Browsers of theirs that asked for it are told of replies while no page of ours is open."""
    told_at: datetime | None = moment()
    """When they last were."""
    shortcuts: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """Whether single keys do something on a texter's pages."""
    sound: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whether a reply that comes in while a page is open is heard."""

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
        # Who is on shift.
        sa.Index(
            "ix_sign_in_seen", "organization_id", "seen_at", postgresql_where=sa.text("ended_at is null")
        ),
    )
    member_id: int = reference()
    digest: bytes
    browser: str = Field(default="", sa_column_kwargs={"server_default": ""})
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = happened()
    seen_at: datetime = happened()
    ended_at: datetime | None = moment()
    shared: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """A computer that others use, too: half an hour without a press ends it."""


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
        within_organization("team_id", "team"),
        sa.UniqueConstraint("organization_id", "digest"),
        # The links of a campaign, or of a team, that can be shown again.
        sa.Index(None, "organization_id", "campaign_id", postgresql_where=sa.text("campaign_id is not null")),
        sa.Index(None, "organization_id", "team_id", postgresql_where=sa.text("team_id is not null")),
        sa.CheckConstraint("role in ('texter', 'captain', 'organizer', 'admin', 'owner')", name="role"),
        sa.CheckConstraint("used >= 0 and used <= head_count", name="head_count"),
    )
    digest: bytes
    role: str
    campaign_id: int | None = reference(nullable=True)
    """Texters who come by this link are put on this campaign."""
    team_id: int | None = reference(nullable=True)
    """They join this team, and are put on its campaigns."""
    seed: bytes | None = Field(default=None, nullable=True)
    """What, with a secret of the installation, makes the link again, so that it can be shown as often as
    somebody asks; None: it was shown once."""
    for_member_id: int | None = reference(nullable=True)
    """Not to join by, but for this member: to set a new password, or, without one, to sign in."""
    made_by_id: int | None = reference(nullable=True)
    created_at: datetime = happened()
    expires_at: datetime = Field(sa_type=Timestamp)
    head_count: int
    used: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    revoked_at: datetime | None = moment()
