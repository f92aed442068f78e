"""several wordings of a blast, compared with each other

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_wording",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "organization_id", "campaign_id", "position", name=op.f("pk_campaign_wording")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "campaign_id"],
            ["campaign.organization_id", "campaign.id"],
            name=op.f("fk_campaign_wording_organization_id_campaign_id"),
        ),
        sa.CheckConstraint("position between 0 and 3", name=op.f("ck_campaign_wording_position")),
    )
    isolate_changeable("campaign_wording")
    op.add_column("audience_member", sa.Column("wording", sa.SmallInteger(), nullable=True))
    op.add_column(
        "campaign_progress",
        sa.Column("wordings", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("campaign_progress", "wordings")
    op.drop_column("audience_member", "wording")
    op.drop_table("campaign_wording")
