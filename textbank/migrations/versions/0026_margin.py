"""how far off a price that was reckoned from a sample may be

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign_preview", sa.Column("margin", sa.Float(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign_preview", "margin")
