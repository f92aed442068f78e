"""members, sign-ins and invites; who waits for a decision

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = "role in ('texter', 'captain', 'organizer', 'admin', 'owner')"


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{parent}.organization_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def upgrade() -> None:
    op.create_table(
        "invite",
        *_own("invite"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("for_member_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        _moment("created_at", now=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("revoked_at"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_invite_organization_id")
        ),
        _to("invite", "campaign_id", "campaign"),
        sa.UniqueConstraint("organization_id", "digest", name=op.f("uq_invite_organization_id_digest")),
        sa.CheckConstraint(ROLES, name=op.f("ck_invite_role")),
        sa.CheckConstraint("used >= 0 and used <= head_count", name=op.f("ck_invite_head_count")),
    )
    op.create_table(
        "member",
        *_own("member"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), server_default="", nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("time_zone", sa.String(), server_default="America/New_York", nullable=False),
        _moment("created_at", now=True),
        _moment("disabled_at"),
        sa.Column("failed_sign_ins", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        _moment("locked_until"),
        sa.Column("invite_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_member_organization_id")
        ),
        _to("member", "invite_id", "invite"),
        sa.CheckConstraint(ROLES, name=op.f("ck_member_role")),
        sa.CheckConstraint("language in ('en', 'es')", name=op.f("ck_member_language")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_member_email_lower")),
    )
    present = sa.text("email is not null")
    op.create_index(
        "uq_member_email", "member", ["organization_id", "email"], unique=True, postgresql_where=present
    )
    op.create_index("ix_member_email", "member", ["email"], postgresql_where=present)
    for column in ("made_by_id", "for_member_id"):
        op.create_foreign_key(
            op.f(f"fk_invite_organization_id_{column}"),
            "invite",
            "member",
            ["organization_id", column],
            ["organization_id", "id"],
        )
    op.create_table(
        "sign_in",
        *_own("sign_in"),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.String(), server_default="", nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        _moment("created_at", now=True),
        _moment("seen_at", now=True),
        _moment("ended_at"),
        _to("sign_in", "member_id", "member"),
        sa.UniqueConstraint("organization_id", "digest", name=op.f("uq_sign_in_organization_id_digest")),
    )
    op.create_index(op.f("ix_sign_in_organization_id_member_id"), "sign_in", ["organization_id", "member_id"])
    # The start page counts who waits for a decision.
    op.create_index(
        "ix_recipient_review",
        "recipient",
        ["organization_id", "id"],
        postgresql_where=sa.text("review_since is not null"),
    )
    for table in ("invite", "member", "sign_in"):
        isolate_changeable(table)


def downgrade() -> None:
    op.drop_index("ix_recipient_review", "recipient")
    for column in ("made_by_id", "for_member_id"):
        op.drop_constraint(f"fk_invite_organization_id_{column}", "invite")
    for table in ("sign_in", "member", "invite"):
        op.drop_table(table)
