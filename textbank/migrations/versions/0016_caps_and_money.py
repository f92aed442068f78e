"""caps for each person, prices, what was spent, budgets of campaigns and months

Revision ID: 0016
Revises: 0015
"""

from decimal import Decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PRICES = {"toll_free_price": "0.012", "short_code_price": "0.0125", "mms_price": "0.032"}


def _money(name: str, default: str = "0") -> sa.Column[Decimal]:
    return sa.Column(name, sa.Numeric(14, 5), server_default=sa.text(default), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def upgrade() -> None:
    op.add_column(
        "recipient",
        sa.Column(
            "started",
            postgresql.ARRAY(sa.DateTime(timezone=True)),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("outbox", sa.Column("held", sa.String(), nullable=True))
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["organization_id", "group_id", "due_at"],
        postgresql_where=sa.text("held is not null"),
    )
    op.add_column("attempt", sa.Column("cost", sa.Numeric(8, 5), server_default=sa.text("0"), nullable=False))
    for name, price in PRICES.items():
        op.add_column(
            "organization", sa.Column(name, sa.Numeric(8, 5), server_default=sa.text(price), nullable=False)
        )
    op.create_table(
        "campaign_spend",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        _money("spent"),
        sa.Column("budget", sa.Numeric(14, 5), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "campaign_id", name=op.f("pk_campaign_spend")),
        sa.ForeignKeyConstraint(
            ["organization_id", "campaign_id"],
            ["campaign.organization_id", "campaign.id"],
            name=op.f("fk_campaign_spend_organization_id"),
        ),
        sa.CheckConstraint("budget > 0", name=op.f("ck_campaign_spend_budget")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "month_spend",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        _money("spent"),
        sa.Column("budget", sa.Numeric(14, 5), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_month_spend")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_month_spend_organization_id")
        ),
        sa.CheckConstraint("budget > 0", name=op.f("ck_month_spend_budget")),
        postgresql_with={"fillfactor": "50"},
    )
    for table in ("campaign_spend", "month_spend"):
        isolate_changeable(table)
    for column in (
        sa.Column("time_critical", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("critical_because", sa.String(), server_default="", nullable=False),
        sa.Column("critical_by_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("campaign", column)
    op.create_check_constraint(
        op.f("ck_campaign_critical_has_a_reason"),
        "campaign",
        "not time_critical or length(critical_because) >= 20",
    )
    op.create_foreign_key(
        op.f("fk_campaign_organization_id_critical_by_id"),
        "campaign",
        "member",
        ["organization_id", "critical_by_id"],
        ["organization_id", "id"],
    )
    op.add_column("campaign_preview", _count("capped"))
    op.add_column("campaign_preview", _money("cost"))
    op.add_column("campaign_preview", _count("cheaper_as_mms"))
    op.add_column(
        "campaign_preview",
        sa.Column("kinds", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("campaign_progress", _count("held"))
    op.add_column("campaign_progress", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("held_until", "held"):
        op.drop_column("campaign_progress", column)
    for column in ("kinds", "cheaper_as_mms", "cost", "capped"):
        op.drop_column("campaign_preview", column)
    for column in ("critical_by_id", "critical_because", "time_critical"):
        op.drop_column("campaign", column)
    op.drop_table("month_spend")
    op.drop_table("campaign_spend")
    for name in PRICES:
        op.drop_column("organization", name)
    op.drop_column("attempt", "cost")
    op.drop_column("outbox", "held")
    op.drop_column("recipient", "started")
