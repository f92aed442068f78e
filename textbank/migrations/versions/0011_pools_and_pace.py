"""pools of numbers; brands and registered campaigns with their limits; why a campaign was paused

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{table}")),
    ]


def _share(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), server_default=sa.text("1"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "brand",
        *_own("brand"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day_cap", sa.Integer(), nullable=True),
        _share("day_share"),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("used", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("elsewhere_on", sa.Date(), nullable=True),
        sa.Column("elsewhere", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("full_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_brand_organization_id")
        ),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_brand_organization_id_name")),
        sa.CheckConstraint("day_cap > 0", name=op.f("ck_brand_day_cap")),
        sa.CheckConstraint("day_share > 0 and day_share <= 1", name=op.f("ck_brand_day_share")),
        sa.CheckConstraint("elsewhere >= 0", name=op.f("ck_brand_elsewhere")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "registered_campaign",
        *_own("registered_campaign"),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("segments_per_minute", sa.Integer(), nullable=True),
        _share("minute_share"),
        sa.ForeignKeyConstraint(
            ["organization_id", "brand_id"],
            ["brand.organization_id", "brand.id"],
            name=op.f("fk_registered_campaign_organization_id_brand_id"),
        ),
        sa.UniqueConstraint(
            "organization_id", "name", name=op.f("uq_registered_campaign_organization_id_name")
        ),
        sa.CheckConstraint("segments_per_minute > 0", name=op.f("ck_registered_campaign_pace")),
        sa.CheckConstraint(
            "minute_share > 0 and minute_share <= 1", name=op.f("ck_registered_campaign_minute_share")
        ),
    )
    for table in ("brand", "registered_campaign"):
        isolate_changeable(table)
    op.add_column("sender", sa.Column("registered_campaign_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_sender_organization_id_registered_campaign_id"),
        "sender",
        "registered_campaign",
        ["organization_id", "registered_campaign_id"],
        ["organization_id", "id"],
    )
    op.add_column("sender", sa.Column("pooled", sa.Boolean(), server_default=sa.true(), nullable=False))
    for moment in ("retry_at", "slowed_until", "trickled_at"):
        op.add_column("sender", sa.Column(moment, sa.DateTime(timezone=True), nullable=True))
    op.alter_column("outbox_group", "sender_id", nullable=True)
    op.add_column("campaign", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "campaign", sa.Column("filtered", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "campaign", sa.Column("forgiven_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )


def downgrade() -> None:
    for column in ("forgiven_to", "filtered", "paused_at"):
        op.drop_column("campaign", column)
    op.execute("delete from outbox_group where sender_id is null")
    op.alter_column("outbox_group", "sender_id", nullable=False)
    for column in ("trickled_at", "slowed_until", "retry_at", "pooled"):
        op.drop_column("sender", column)
    op.drop_constraint("fk_sender_organization_id_registered_campaign_id", "sender")
    op.drop_column("sender", "registered_campaign_id")
    for table in ("registered_campaign", "brand"):
        op.drop_table(table)
