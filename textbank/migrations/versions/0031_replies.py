"""conversations that come back later, are handed over or noted about; a script that branches

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversation", sa.Column("seen_to", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("conversation", sa.Column("wants", sa.String(), server_default="", nullable=False))
    op.add_column("conversation", sa.Column("wants_language", sa.String(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_conversation_wants"), "conversation", "wants in ('', 'staff', 'language')"
    )
    op.add_column(
        "organization",
        sa.Column("texters_see_history", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "canned_response", sa.Column("one_tap", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "uq_canned_response_one_tap",
        "canned_response",
        ["organization_id", "campaign_id"],
        unique=True,
        postgresql_where=sa.text("one_tap"),
    )
    op.add_column("question_option", sa.Column("response_id", sa.BigInteger(), nullable=True))
    op.add_column("question_option", sa.Column("next_question_id", sa.BigInteger(), nullable=True))
    for column, table in (("response_id", "canned_response"), ("next_question_id", "question")):
        op.create_foreign_key(
            op.f(f"fk_question_option_organization_id_{column}"),
            "question_option",
            table,
            ["organization_id", column],
            ["organization_id", "id"],
        )
    _notes()


def _notes() -> None:
    op.create_table(
        "conversation_note",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_conversation_note_said")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_conversation_note")),
        sa.ForeignKeyConstraint(
            ["organization_id", "recipient_id"],
            ["recipient.organization_id", "recipient.id"],
            name=op.f("fk_conversation_note_organization_id_recipient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "member_id"],
            ["member.organization_id", "member.id"],
            name=op.f("fk_conversation_note_organization_id_member_id"),
        ),
    )
    op.create_index(
        op.f("ix_conversation_note_organization_id_recipient_id_id"),
        "conversation_note",
        ["organization_id", "recipient_id", "id"],
    )
    isolate_changeable("conversation_note")


def downgrade() -> None:
    op.drop_table("conversation_note")
    for column in ("response_id", "next_question_id"):
        op.drop_column("question_option", column)
    op.drop_index("uq_canned_response_one_tap", "canned_response")
    op.drop_column("canned_response", "one_tap")
    op.drop_column("organization", "texters_see_history")
    for column in ("snoozed_until", "seen_to", "wants", "wants_language"):
        op.drop_column("conversation", column)
