"""Teams of members, what they text on, and browsers that wait to be let in by a text."""

from datetime import datetime

import sqlalchemy as sa
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


class Team(OrganizationRow, table=True):
    """Members who work together. Its captains are those of its members who are captains."""

    __tablename__ = "team"
    __table_args__ = (
        of_organization(),
        sa.UniqueConstraint("organization_id", "name"),
        sa.CheckConstraint("name <> ''", name="named"),
    )
    name: str
    language: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """What its people answer in, as a code; empty: no matter."""
    created_at: datetime = happened()


class TeamMember(SQLModel, table=True):
    """That a member is on a team."""

    __tablename__ = "team_member"
    __table_args__ = (
        within_organization("team_id", "team"),
        within_organization("member_id", "member"),
        sa.Index(None, "organization_id", "member_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    team_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    member_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    joined_at: datetime = happened()


class TeamCampaign(SQLModel, table=True):
    """That a team texts on a campaign: its members may, and replies may find it."""

    __tablename__ = "team_campaign"
    __table_args__ = (
        within_organization("team_id", "team"),
        within_organization("campaign_id", "campaign"),
        sa.Index(None, "organization_id", "campaign_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    team_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    added_at: datetime = happened()


class WaitingBrowser(OrganizationRow, table=True):
    """A browser that shows a word, and waits until it comes by text from a texter's own phone."""

    __tablename__ = "waiting_browser"
    __table_args__ = (
        of_organization(),
        within_organization("member_id", "member"),
        sa.UniqueConstraint("organization_id", "digest"),
        sa.UniqueConstraint("organization_id", "word"),
        sa.Index(
            "ix_waiting_browser_member",
            "organization_id",
            "member_id",
            "known_at",
            postgresql_where=sa.text("member_id is not null"),
        ),
        sa.Index("ix_waiting_browser_over", "organization_id", "expires_at"),
    )
    digest: bytes
    """Of the token in that browser's cookie: nobody else can collect what the word brings."""
    word: str
    expires_at: datetime = Field(sa_type=Timestamp)
    member_id: int | None = reference(nullable=True)
    known_at: datetime | None = moment()
    """When the word came from this member's phone."""
    let_in_at: datetime | None = moment()
