"""what people asked for by text: a break, or less

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipient", sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recipient", sa.Column("less_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("recipient", "less_since")
    op.drop_column("recipient", "rests_until")
