"""flows that are put away, and who is on their way through one

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flow", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_flow_run_on_the_way",
        "flow_run",
        ["organization_id", "version_id"],
        postgresql_where=sa.text("ended_at is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_flow_run_on_the_way", table_name="flow_run")
    op.drop_column("flow", "archived_at")
