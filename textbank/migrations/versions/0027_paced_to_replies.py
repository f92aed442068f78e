"""blasts that leave only as fast as the people on hand can answer

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "campaign", sa.Column("paced_to_replies", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("campaign", sa.Column("eased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "campaign", sa.Column("eased_room", sa.Float(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    for column in ("eased_room", "eased_at", "paced_to_replies"):
        op.drop_column("campaign", column)
