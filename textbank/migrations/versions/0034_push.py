"""browsers that are told of replies, and how each member wants to be told

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLE = "push_subscription"


def upgrade() -> None:
    for name, default in (("reminders", sa.true()), ("shortcuts", sa.true()), ("sound", sa.false())):
        op.add_column("member", sa.Column(name, sa.Boolean(), server_default=default, nullable=False))
    op.add_column("member", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("sign_in_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.LargeBinary(), nullable=False),
        sa.Column("auth", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint(
            "organization_id", "endpoint", name=op.f("uq_push_subscription_organization_id_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name=op.f("fk_push_subscription_organization_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "sign_in_id"],
            ["sign_in.organization_id", "sign_in.id"],
            name=op.f("fk_push_subscription_organization_id_sign_in_id"),
        ),
    )
    for column in ("member_id", "sign_in_id"):
        op.create_index(
            op.f(f"ix_push_subscription_organization_id_{column}"), TABLE, ["organization_id", column]
        )
    isolate_changeable(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
    for name in ("told_at", "sound", "shortcuts", "reminders"):
        op.drop_column("member", name)
