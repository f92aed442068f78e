"""Who may text on a peer-to-peer campaign."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import happened, moment, of_organization, within_organization


class CampaignTexter(SQLModel, table=True):
    """That a member texts on a campaign. Whoever is removed stays removed until staff put them back."""

    __tablename__ = "campaign_texter"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        within_organization("member_id", "member"),
        sa.Index(None, "organization_id", "member_id", "campaign_id"),
        {"postgresql_with": {"fillfactor": 50}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    member_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    added_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    added_at: datetime = happened()
    active_at: datetime = happened()
    """When they last took or sent a text; whoever is silent for the holding time gives their batch back."""
    removed_at: datetime | None = moment()


class TexterTally(SQLModel, table=True):
    """What a texter's texts of the last day brought, counted as it happens (`watch_texters.py`)."""

    __tablename__ = "texter_tally"
    __table_args__ = (within_organization("member_id", "member"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    member_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    since: datetime = happened()
    first_texts: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    replies: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    rude: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    opted_out: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    fastest: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    """Most first texts within a minute."""


class TallyMark(SQLModel, table=True):
    """How far an organization's texts and opt-outs are counted."""

    __tablename__ = "tally_mark"
    __table_args__ = (of_organization(),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    message_id: int = Field(sa_type=sa.BigInteger)
    suppression_id: int = Field(sa_type=sa.BigInteger)
    counted_at: datetime = happened()
