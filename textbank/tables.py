"""How every table of ours is made: the shared metadata, the organization in every key, column kinds.

A table of an organization's data derives from `OrganizationRow`: its primary key is
(organization_id, id), and its foreign keys go through `within_organization`, so that a row can never
point into another organization, not even where PostgreSQL checks foreign keys past row-level security.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = SQLModel.metadata
Timestamp = sa.DateTime(timezone=True)


class OrganizationRow(SQLModel):
    """A row of one organization: `(organization_id, id)` is its key."""

    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    id: int = Field(
        default=None, primary_key=True, sa_type=sa.BigInteger, sa_column_args=[sa.Identity(always=True)]
    )


def within_organization(column: str, table: str, target: str = "id") -> sa.ForeignKeyConstraint:
    """A foreign key that stays inside the organization; `column` may be null."""
    return sa.ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.{target}"]
    )


def of_organization() -> sa.ForeignKeyConstraint:
    """The row's own organization must exist."""
    return sa.ForeignKeyConstraint(["organization_id"], ["organization.id"])


def happened(**more: Any) -> Any:
    """A moment set by the database when the row is written."""
    return Field(default=None, sa_type=Timestamp, sa_column_kwargs={"server_default": sa.func.now()}, **more)


def moment(**more: Any) -> datetime | None:
    """A moment that may not have come."""
    field: datetime | None = Field(default=None, sa_type=Timestamp, nullable=True, **more)
    return field


def reference(*, nullable: bool = False) -> Any:
    """A bigint that names another row; its constraint stands in `__table_args__`."""
    return (
        Field(default=None, sa_type=sa.BigInteger, nullable=True)
        if nullable
        else Field(sa_type=sa.BigInteger)
    )
