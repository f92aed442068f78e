"""lists that ask back before somebody is on them

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN = "confirmed_at is null and declined_at is null and expired_at is null"


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    op.add_column(
        "contact_list", sa.Column("double_opt_in", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "opt_in_request",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("needs_start", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("reminded_at"),
        sa.Column("reminder_id", sa.BigInteger(), nullable=True),
        _moment("confirmed_at"),
        _moment("declined_at"),
        _moment("expired_at"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_opt_in_request")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_opt_in_request_organization_id_{column}"),
            )
            for column, table in (
                ("recipient_id", "recipient"),
                ("contact_id", "contact"),
                ("list_id", "contact_list"),
                ("reminder_id", "message"),
            )
        ),
        sa.CheckConstraint("source in ('keyword', 'web', 'flow')", name=op.f("ck_opt_in_request_source")),
        sa.CheckConstraint("language in ('en', 'es')", name=op.f("ck_opt_in_request_language")),
    )
    op.create_index(
        "uq_opt_in_request_open",
        "opt_in_request",
        ["organization_id", "recipient_id", "list_id"],
        unique=True,
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index(
        "ix_opt_in_request_due",
        "opt_in_request",
        ["organization_id", "created_at"],
        postgresql_where=sa.text(_OPEN),
    )
    isolate_changeable("opt_in_request")


def downgrade() -> None:
    op.drop_table("opt_in_request")
    op.drop_column("contact_list", "double_opt_in")
