"""a campaign may be for whom an earlier one did not reach

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("again_of_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_campaign_organization_id_again_of_id"),
        "campaign",
        "campaign",
        ["organization_id", "again_of_id"],
        ["organization_id", "id"],
    )


def downgrade() -> None:
    op.drop_constraint("fk_campaign_organization_id_again_of_id", "campaign")
    op.drop_column("campaign", "again_of_id")
