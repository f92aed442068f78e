"""whether a sender is registered with the carriers, and what the set-up's last checks found

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A sender that texts already is let go on: the carriers would have blocked it otherwise.
    op.add_column(
        "sender", sa.Column("registration", sa.String(), server_default="registered", nullable=False)
    )
    op.alter_column("sender", "registration", server_default="unregistered")
    op.create_check_constraint(
        op.f("ck_sender_registration"),
        "sender",
        "registration in ('unregistered', 'pending', 'registered')",
    )
    op.add_column(
        "organization",
        sa.Column("setup_checks", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("organization", "setup_checks")
    op.drop_constraint(op.f("ck_sender_registration"), "sender")
    op.drop_column("sender", "registration")
