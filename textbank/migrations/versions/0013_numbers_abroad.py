"""how many of a draft's people have numbers abroad

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = ("unreachable", "abroad")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column(
            "campaign_preview",
            sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("campaign_preview", name)
