"""batches as staff set them, and presses that were taken back

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column, default in (("batch_size", "20"), ("holding_minutes", "15")):
        op.add_column(
            "campaign", sa.Column(column, sa.SmallInteger(), server_default=sa.text(default), nullable=False)
        )
    op.create_check_constraint(op.f("ck_campaign_batch_size"), "campaign", "batch_size between 1 and 200")
    op.create_check_constraint(
        op.f("ck_campaign_holding_minutes"), "campaign", "holding_minutes between 5 and 240"
    )
    op.add_column(
        "audience_member",
        sa.Column("undone", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("audience_member", "undone")
    op.drop_constraint(op.f("ck_campaign_holding_minutes"), "campaign")
    op.drop_constraint(op.f("ck_campaign_batch_size"), "campaign")
    op.drop_column("campaign", "holding_minutes")
    op.drop_column("campaign", "batch_size")
