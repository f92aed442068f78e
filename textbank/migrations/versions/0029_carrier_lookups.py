"""which network a number is on, where an organization pays for knowing it

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "organization",
        sa.Column("looks_up_carriers", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("campaign", sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "number_lookup",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.String(), server_default="", nullable=False),
        sa.Column("line_type", sa.String(), server_default="", nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "recipient_id", name=op.f("pk_number_lookup")),
        sa.ForeignKeyConstraint(
            ["organization_id", "recipient_id"],
            ["recipient.organization_id", "recipient.id"],
            name=op.f("fk_number_lookup_organization_id_recipient_id"),
        ),
    )
    isolate_changeable("number_lookup")


def downgrade() -> None:
    op.drop_table("number_lookup")
    op.drop_column("campaign", "looked_up_at")
    op.drop_column("organization", "looks_up_carriers")
