"""conversations: assignee, campaign, state, tags, keys of replies; who texts on a campaign

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import isolate_changeable

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEXES: Sequence[tuple[str, list[str], str | None]] = (
    ("ix_conversation_newest", ["last_message_at"], None),
    ("ix_conversation_nobodys", ["last_message_at"], "assigned_member_id is null and state = 'open'"),
    ("ix_conversation_assigned", ["assigned_member_id", "last_message_at"], "assigned_member_id is not null"),
    (
        "ix_conversation_assigned_waiting",
        ["assigned_member_id", "needs_reply_since"],
        "needs_reply_since is not null",
    ),
    ("ix_conversation_campaign", ["campaign_id", "last_message_at"], "campaign_id is not null"),
)

_AUDIENCE_INDEXES: Sequence[tuple[str, list[str], str]] = (
    (
        "ix_audience_member_free",
        [],
        "message_id is null and assigned_member_id is null and skipped_by_id is null",
    ),
    (
        "ix_audience_member_held",
        ["assigned_member_id"],
        "message_id is null and assigned_member_id is not null",
    ),
    ("ix_audience_member_skipped", ["skipped_by_id"], "message_id is null and skipped_by_id is not null"),
)


def _happened(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _key(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _words(name: str, *, empty: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.String(), server_default="" if empty else None, nullable=False)


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{parent}.organization_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def upgrade() -> None:
    _change_conversation()
    _change_audience()
    _make_tags()
    op.create_table(
        "reply_key",
        _key("organization_id"),
        _key("recipient_id"),
        _words("key", empty=False),
        _key("message_id"),
        _happened("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "recipient_id", "key", name=op.f("pk_reply_key")),
        _to("reply_key", "recipient_id", "recipient"),
        _to("reply_key", "message_id", "message"),
    )
    op.create_table(
        "campaign_texter",
        _key("organization_id"),
        _key("campaign_id"),
        _key("member_id"),
        _words("added_by"),
        _happened("added_at"),
        _happened("active_at"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "organization_id", "campaign_id", "member_id", name=op.f("pk_campaign_texter")
        ),
        _to("campaign_texter", "campaign_id", "campaign"),
        _to("campaign_texter", "member_id", "member"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        op.f("ix_campaign_texter_organization_id_member_id_campaign_id"),
        "campaign_texter",
        ["organization_id", "member_id", "campaign_id"],
    )
    for table in ("tag", "conversation_tag", "reply_key", "campaign_texter"):
        isolate_changeable(table)


def _change_conversation() -> None:
    op.drop_column("conversation", "assigned_to")
    op.add_column("conversation", sa.Column("assigned_member_id", sa.BigInteger(), nullable=True))
    op.add_column("conversation", sa.Column("campaign_id", sa.BigInteger(), nullable=True))
    op.add_column("conversation", sa.Column("state", sa.String(), server_default="open", nullable=False))
    op.create_check_constraint(op.f("ck_conversation_state"), "conversation", "state in ('open', 'closed')")
    for column, parent in (("assigned_member_id", "member"), ("campaign_id", "campaign")):
        op.create_foreign_key(
            op.f(f"fk_conversation_organization_id_{column}"),
            "conversation",
            parent,
            ["organization_id", column],
            ["organization_id", "id"],
        )
    for name, columns, where in _INDEXES:
        op.create_index(
            name,
            "conversation",
            ["organization_id", *columns, "recipient_id"],
            postgresql_where=sa.text(where) if where else None,
        )


def _change_audience() -> None:
    for column in ("assigned_member_id", "skipped_by_id"):
        op.add_column("audience_member", sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_audience_member_organization_id_{column}"),
            "audience_member",
            "member",
            ["organization_id", column],
            ["organization_id", "id"],
        )
    op.add_column("audience_member", sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
    for name, columns, where in _AUDIENCE_INDEXES:
        op.create_index(
            name,
            "audience_member",
            ["organization_id", "campaign_id", *columns, "recipient_id"],
            postgresql_where=sa.text(where),
        )


def _make_tags() -> None:
    op.create_table(
        "tag",
        _key("organization_id"),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        _words("name", empty=False),
        _happened("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_tag")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_tag_organization_id")
        ),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_tag_organization_id_name")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_tag_named")),
    )
    op.create_table(
        "conversation_tag",
        _key("organization_id"),
        _key("recipient_id"),
        _key("tag_id"),
        _words("tagged_by"),
        _happened("tagged_at"),
        sa.PrimaryKeyConstraint(
            "organization_id", "recipient_id", "tag_id", name=op.f("pk_conversation_tag")
        ),
        _to("conversation_tag", "recipient_id", "recipient"),
        _to("conversation_tag", "tag_id", "tag"),
    )
    op.create_index(
        op.f("ix_conversation_tag_organization_id_tag_id_tagged_at_recipient_id"),
        "conversation_tag",
        ["organization_id", "tag_id", "tagged_at", "recipient_id"],
    )


def downgrade() -> None:
    for table in ("campaign_texter", "reply_key", "conversation_tag", "tag"):
        op.drop_table(table)
    for name, _, _ in _AUDIENCE_INDEXES:
        op.drop_index(name, "audience_member")
    for column in ("assigned_member_id", "skipped_by_id"):
        op.drop_constraint(f"fk_audience_member_organization_id_{column}", "audience_member")
        op.drop_column("audience_member", column)
    op.drop_column("audience_member", "assigned_at")
    for name, _, _ in _INDEXES:
        op.drop_index(name, "conversation")
    for column in ("assigned_member_id", "campaign_id"):
        op.drop_constraint(f"fk_conversation_organization_id_{column}", "conversation")
        op.drop_column("conversation", column)
    op.drop_constraint("ck_conversation_state", "conversation")
    op.drop_column("conversation", "state")
    op.add_column("conversation", sa.Column("assigned_to", sa.String(), nullable=True))
