"""what each texter's texts bring, counted as it happens

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "texter_tally",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("first_texts", "replies", "rude", "opted_out", "fastest")
        ),
        sa.PrimaryKeyConstraint("organization_id", "member_id", name=op.f("pk_texter_tally")),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name=op.f("fk_texter_tally_organization_id_member_id"),
        ),
    )
    op.create_table(
        "tally_mark",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("suppression_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_tally_mark")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_tally_mark_organization_id")
        ),
    )
    for table in ("texter_tally", "tally_mark"):
        isolate_changeable(table)


def downgrade() -> None:
    op.drop_table("tally_mark")
    op.drop_table("texter_tally")
