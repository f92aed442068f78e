"""Campaigns, their scripts, and the audience frozen at launch."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import OrganizationRow, happened, moment, of_organization, reference, within_organization


class Script(OrganizationRow, table=True):
    """The words of a campaign."""

    __tablename__ = "script"
    __table_args__ = (of_organization(),)
    body: str
    created_at: datetime = happened()


class Campaign(OrganizationRow, table=True):
    """A blast or a peer-to-peer campaign. Pausing it flips `state`, and nothing else."""

    __tablename__ = "campaign"
    __table_args__ = (
        within_organization("list_id", "contact_list"),
        within_organization("script_id", "script"),
        sa.CheckConstraint("kind in ('blast', 'p2p')", name="kind"),
        sa.CheckConstraint("state in ('draft', 'running', 'paused', 'stopped', 'done')", name="state"),
    )
    kind: str
    name: str
    list_id: int = reference()
    script_id: int = reference()
    state: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    paused_because: str | None = Field(default=None, nullable=True)
    """Why it is paused, where nobody pressed a button: `restored_copy` (docs/decisions/0010)."""
    created_at: datetime = happened()
    launched_at: datetime | None = moment()
    finished_at: datetime | None = moment()


class AudienceMember(SQLModel, table=True):
    """That a campaign reaches a recipient, once: its key is what keeps first texts single."""

    __tablename__ = "audience_member"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        within_organization("recipient_id", "recipient"),
        within_organization("contact_id", "contact"),
        within_organization("message_id", "message"),
        sa.Index(
            "ix_audience_member_unqueued",
            "organization_id",
            "campaign_id",
            "recipient_id",
            postgresql_where=sa.text("message_id is null"),
        ),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    contact_id: int = reference()
    message_id: int | None = reference(nullable=True)
