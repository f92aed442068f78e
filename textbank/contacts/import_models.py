"""Files that staff upload, and how far the taking of each has come.

The file lies in the database, because the worker that reads it may run on another machine than the web.
Everything that a batch does, its row here included, is one transaction: `rows` says where to go on.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.tables import OrganizationRow, happened, moment, of_organization, reference, within_organization

STATES = ("draft", "checking", "checked", "importing", "done", "stopped", "failed")


def _json(**more: Any) -> Any:
    return Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
        **more,
    )


class ContactImport(OrganizationRow, table=True):
    """One uploaded file: what was chosen for it, what checking it showed, and what became of its rows."""

    __tablename__ = "contact_import"
    __table_args__ = (
        of_organization(),
        within_organization("list_id", "contact_list"),
        within_organization("member_id", "member"),
        sa.CheckConstraint(
            "state in ('draft', 'checking', 'checked', 'importing', 'done', 'stopped', 'failed')",
            name="state",
        ),
        sa.CheckConstraint("state <> 'importing' or list_id is not null", name="has_a_list"),
        sa.Index(
            "ix_contact_import_waiting",
            "organization_id",
            postgresql_where=sa.text("state in ('checking', 'importing')"),
        ),
    )
    member_id: int = reference()
    file_name: str
    size: int = Field(sa_type=sa.BigInteger)
    state: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    columns: dict[str, Any] = _json()
    """`{"phone": 3}`: which column is what; a phone of "guess" leaves several columns to map_columns."""
    basis: dict[str, Any] = _json()
    """The answer to the basis question: `kind`, `source`, `agreed_on`, `words`, `statement`."""
    list_id: int | None = reference(nullable=True)
    checked: dict[str, Any] = _json()
    """What checking counted: rows, usable, and causes of those that are not."""
    counts: dict[str, Any] = _json()
    """What became of the rows taken so far."""
    rows: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    bytes_read: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    failure: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = happened()
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    worked_on_until: datetime | None = moment()
    """A worker is at it until then, unless it dies; others leave it alone."""


class ImportChunk(SQLModel, table=True):
    """A piece of the uploaded file; removed when the file has been taken."""

    __tablename__ = "import_chunk"
    __table_args__ = (within_organization("import_id", "contact_import"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    import_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    position: int = Field(primary_key=True)
    data: bytes


class ImportNotTaken(SQLModel, table=True):
    """A row of the file that was not taken, and why."""

    __tablename__ = "import_not_taken"
    __table_args__ = (within_organization("import_id", "contact_import"),)
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    import_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    line: int = Field(primary_key=True)
    cause: str
    reason: str
    fields: list[str] = Field(sa_type=postgresql.JSONB)
    raw: str = Field(default="", sa_column_kwargs={"server_default": ""})
