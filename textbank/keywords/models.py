"""Words that supporters text to join a list."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import OrganizationRow, happened, moment, reference, within_organization


class Keyword(OrganizationRow, table=True):
    """A word, in the normal form of `keywords/match.py`, and the list it leads to."""

    __tablename__ = "keyword"
    __table_args__ = (
        within_organization("list_id", "contact_list"),
        sa.Index(
            "uq_keyword_word",
            "organization_id",
            "word",
            unique=True,
            postgresql_where=sa.text("retired_at is null"),
        ),
        # A word on a poster lives for years: who texts it after it was retired is told what became of it.
        sa.Index(
            "ix_keyword_retired",
            "organization_id",
            "word",
            "id",
            postgresql_where=sa.text("retired_at is not null"),
        ),
        within_organization("flow_id", "flow"),
        within_organization("redirect_id", "keyword"),
        sa.CheckConstraint("language in ('en', 'es')", name="language"),
    )
    word: str
    list_id: int = reference()
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})
    confirmation: str | None = Field(default=None, nullable=True)
    """The organization's own words; null: those of `keywords/confirmation.py`."""
    created_at: datetime = happened()
    retired_at: datetime | None = moment()
    flow_id: int | None = reference(nullable=True)
    """What follows: the flow that begins once they are on the list."""
    redirect_id: int | None = reference(nullable=True)
    """Retired: the keyword that it stands for now."""
    ended_words: str | None = Field(default=None, nullable=True)
    """Retired, and leading nowhere: the organization's own words about it; null: the standard ones."""


class MeantKeyword(SQLModel, table=True):
    """That somebody wrote almost a keyword, was asked "Did you mean…?" and has not answered."""

    __tablename__ = "meant_keyword"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("keyword_id", "keyword"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    keyword_id: int = reference()
    asked_at: datetime = happened()


class ReferrerCode(SQLModel, table=True):
    """A word by which one subscriber brings others: JOIN MARIA."""

    __tablename__ = "referrer_code"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        sa.UniqueConstraint("organization_id", "recipient_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    code: str = Field(primary_key=True)
    recipient_id: int = reference()
    created_at: datetime = happened()


class Referral(SQLModel, table=True):
    """Who brought whom, the first time."""

    __tablename__ = "referral"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("referrer_id", "recipient"),
        within_organization("keyword_id", "keyword"),
        sa.Index(None, "organization_id", "referrer_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    referrer_id: int = reference()
    keyword_id: int = reference()
    created_at: datetime = happened()
