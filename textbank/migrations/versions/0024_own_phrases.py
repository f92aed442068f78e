"""an organization's own phrases and alert words, and conversations that must be looked at first

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_phrase",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_own_phrase")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                ["member.organization_id", "member.id"],
                name=op.f(f"fk_own_phrase_organization_id_{column}"),
            )
            for column in ("member_id", "retired_by_id")
        ),
        sa.CheckConstraint(
            "meaning in ('stop', 'wrong_number', 'review', 'alert', 'no_alert')",
            name=op.f("ck_own_phrase_meaning"),
        ),
        sa.CheckConstraint("key <> ''", name=op.f("ck_own_phrase_key_given")),
    )
    op.create_index(
        "uq_own_phrase_live",
        "own_phrase",
        ["organization_id", "key", "meaning"],
        unique=True,
        postgresql_where=sa.text("retired_at is null"),
    )
    isolate_changeable("own_phrase")
    op.add_column("conversation", sa.Column("alert_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "conversation", sa.Column("alert_word", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    op.create_index(
        "ix_conversation_alert",
        "conversation",
        ["organization_id", "alert_since", "recipient_id"],
        postgresql_where=sa.text("alert_since is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_alert", table_name="conversation")
    op.drop_column("conversation", "alert_word")
    op.drop_column("conversation", "alert_since")
    op.drop_table("own_phrase")
