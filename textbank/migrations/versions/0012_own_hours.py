"""a campaign's own hours: whether it sells, what an admin lifted and why, its last moment

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CHECKS = {
    "hours_are_two": "(hours_open is null) = (hours_close is null)",
    "hours_federal": "hours_open >= '08:00' and hours_close <= '21:00' and hours_open < hours_close",
    "what_sells_is_bound": "hours_open is null or not sells",
    "hours_have_a_reason": "hours_open is null or length(hours_because) >= 20",
    "one_last_moment": "ends_at is null or ends_at_place is null",
}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default="", nullable=False)


def upgrade() -> None:
    for column in (
        _text("window_rule"),
        sa.Column("sells", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hours_open", sa.Time(), nullable=True),
        sa.Column("hours_close", sa.Time(), nullable=True),
        _text("hours_because"),
        sa.Column("hours_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ends_at_place", sa.DateTime(timezone=False), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("campaign", column)
    for name, holds in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_campaign_{name}"), "campaign", holds)
    op.create_foreign_key(
        op.f("fk_campaign_organization_id_hours_by_id"),
        "campaign",
        "member",
        ["organization_id", "hours_by_id"],
        ["organization_id", "id"],
    )
    for table in ("campaign_preview", "campaign_progress"):
        op.add_column(table, sa.Column("last_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("never", sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for table in ("campaign_progress", "campaign_preview"):
        for column in ("never", "last_at"):
            op.drop_column(table, column)
    for column in (
        "ends_at",
        "ends_at_place",
        "hours_by_id",
        "hours_because",
        "hours_close",
        "hours_open",
        "sells",
        "window_rule",
    ):
        op.drop_column("campaign", column)
