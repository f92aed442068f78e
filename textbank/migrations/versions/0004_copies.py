"""copies of the database, and the hold after one was restored

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import APP, SYSTEM

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "backup_copy",
        sa.Column("single", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("started_at", moment, nullable=True),
        sa.Column("made_at", moment, nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_backup_copy")),
        sa.CheckConstraint("single", name=op.f("ck_backup_copy_only_one")),
    )
    op.execute(f"grant select on backup_copy to {APP}, {SYSTEM}")
    op.execute(f"grant insert, update on backup_copy to {SYSTEM}")
    op.add_column("carrier_account", sa.Column("restored_copy_of", moment, nullable=True))
    op.add_column("carrier_account", sa.Column("settling_until", moment, nullable=True))
    op.add_column("campaign", sa.Column("paused_because", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "paused_because")
    op.drop_column("carrier_account", "settling_until")
    op.drop_column("carrier_account", "restored_copy_of")
    op.drop_table("backup_copy")
