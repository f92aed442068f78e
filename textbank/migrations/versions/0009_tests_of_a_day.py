"""an index by which the tests of a day are counted

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_message_test",
        "message",
        ["organization_id", "created_at"],
        postgresql_where=sa.text("purpose = 'test'"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_test", "message")
