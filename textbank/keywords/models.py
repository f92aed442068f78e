"""Words that supporters text to join a list."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

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
        sa.CheckConstraint("language in ('en', 'es')", name="language"),
    )
    word: str
    list_id: int = reference()
    language: str = Field(default="en", sa_column_kwargs={"server_default": "en"})
    confirmation: str | None = Field(default=None, nullable=True)
    """The organization's own words; null: those of `keywords/confirmation.py`."""
    created_at: datetime = happened()
    retired_at: datetime | None = moment()
