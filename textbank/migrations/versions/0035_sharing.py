"""replies go to the team when their texter is away; batches of replies; questions to captains

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_BATCHES = (("reply_batch_size", "10", 1, 50), ("reply_holding_minutes", "20", 5, 240))


def upgrade() -> None:
    for name, usual, least, most in _BATCHES:
        op.add_column(
            "campaign", sa.Column(name, sa.SmallInteger(), server_default=sa.text(usual), nullable=False)
        )
        op.create_check_constraint(
            op.f(f"ck_campaign_{name}"), "campaign", f"{name} between {least} and {most}"
        )
    op.add_column("conversation", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("left_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_conversation_organization_id_left_by_id"),
        "conversation",
        "member",
        ["organization_id", "left_by_id"],
        ["organization_id", "id"],
    )
    op.create_index(
        "ix_conversation_pool",
        "conversation",
        ["organization_id", "campaign_id", "needs_reply_since", "recipient_id"],
        postgresql_where=sa.text(
            "assigned_member_id is null and needs_reply_since is not null and wants <> 'staff'"
        ),
    )
    op.create_index(
        "ix_conversation_for_staff",
        "conversation",
        ["organization_id", "needs_reply_since", "recipient_id"],
        postgresql_where=sa.text("wants = 'staff'"),
    )
    op.create_index(
        "ix_sign_in_seen",
        "sign_in",
        ["organization_id", "seen_at"],
        postgresql_where=sa.text("ended_at is null"),
    )
    _questions()


def _questions() -> None:
    op.create_table(
        "captain_question",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("answer", sa.String(), server_default="", nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("question <> ''", name=op.f("ck_captain_question_asked")),
        sa.CheckConstraint(
            "(answered_at is null) = (answer = '')", name=op.f("ck_captain_question_answered")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_captain_question")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_captain_question_organization_id_{column}"),
            )
            for column, table in (
                ("recipient_id", "recipient"),
                ("asked_by_id", "member"),
                ("answered_by_id", "member"),
            )
        ),
    )
    for name, columns, where, unique in (
        ("uq_captain_question_open", ["recipient_id", "asked_by_id"], "answered_at is null", True),
        ("ix_captain_question_open", ["id"], "answered_at is null", False),
        ("ix_captain_question_of", ["recipient_id", "id"], None, False),
        (
            "ix_captain_question_unseen",
            ["asked_by_id", "recipient_id"],
            "answered_at is not null and seen_at is null",
            False,
        ),
    ):
        op.create_index(
            name,
            "captain_question",
            ["organization_id", *columns],
            unique=unique,
            postgresql_where=sa.text(where) if where else None,
        )
    isolate_changeable("captain_question")


def downgrade() -> None:
    op.drop_table("captain_question")
    op.drop_index("ix_sign_in_seen", "sign_in")
    op.drop_index("ix_conversation_for_staff", "conversation")
    op.drop_index("ix_conversation_pool", "conversation")
    for column in ("left_by_id", "moved_at"):
        op.drop_column("conversation", column)
    for name, *_ in _BATCHES:
        op.drop_column("campaign", name)
