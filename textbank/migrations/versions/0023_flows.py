"""flows, and keywords that end, lead elsewhere or bring friends

Revision ID: 0023
Revises: 0022
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable, isolate_written_once

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLES = (
    "flow_call",
    "flow_run",
    "flow_version",
    "office_hours",
    "referral",
    "referrer_code",
    "meant_keyword",
)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=default, nullable=nullable)


def _happened(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _json(name: str, *, empty: bool = False) -> sa.Column[Any]:
    default = sa.text("'{}'") if empty else None
    return sa.Column(name, postgresql.JSONB(), server_default=default, nullable=False)


def _tries() -> sa.Column[int]:
    return sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{target}.organization_id", f"{target}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def _row(table: str) -> tuple[Any, ...]:
    return (
        _big("organization_id"),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    _make_flows()
    _make_runs()
    _extend_keywords()
    op.add_column("message", _big("list_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_message_organization_id_list_id"),
        "message",
        "contact_list",
        ["organization_id", "list_id"],
        ["organization_id", "id"],
    )
    isolate_written_once("flow_version")
    for table in ("flow", *(table for table in TABLES if table != "flow_version")):
        isolate_changeable(table)


def _make_flows() -> None:
    op.create_table(
        "flow",
        *_row("flow"),
        _text("name"),
        _big("list_id", nullable=True),
        _json("draft", empty=True),
        sa.Column("for_strangers", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        _happened("changed_at"),
        _within("flow", "list_id", "contact_list"),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_flow_organization_id_name")),
    )
    op.create_index(
        "uq_flow_for_strangers",
        "flow",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("for_strangers"),
    )
    op.create_table(
        "flow_version",
        *_row("flow_version"),
        _big("flow_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("document"),
        _happened("published_at"),
        _text("published_by", ""),
        _within("flow_version", "flow_id", "flow"),
        sa.UniqueConstraint(
            "organization_id",
            "flow_id",
            "version",
            name=op.f("uq_flow_version_organization_id_flow_id_version"),
        ),
    )
    op.create_table(
        "office_hours",
        _big("organization_id"),
        _text("zone"),
        _text("days", "12345"),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        _json("words"),
        _happened("changed_at"),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_office_hours")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_office_hours_organization_id")
        ),
        sa.CheckConstraint("opens < closes", name=op.f("ck_office_hours_order")),
    )


def _make_runs() -> None:
    op.create_table(
        "flow_run",
        *_row("flow_run"),
        _big("version_id"),
        _big("recipient_id"),
        _big("sender_id"),
        _text("language"),
        _text("member"),
        _text("step", ""),
        _tries(),
        _json("answers", empty=True),
        _moment("asked_at"),
        _moment("resumes_at"),
        _happened("began_at"),
        _moment("ended_at"),
        _text("ended_because", ""),
        _within("flow_run", "version_id", "flow_version"),
        _within("flow_run", "recipient_id", "recipient"),
        _within("flow_run", "sender_id", "sender"),
        sa.CheckConstraint("language in ('en', 'es')", name=op.f("ck_flow_run_language")),
        sa.CheckConstraint("member in ('new', 'returning', 'present')", name=op.f("ck_flow_run_member")),
    )
    for name, columns, unique, where in (
        ("uq_flow_run_asks", ["organization_id", "recipient_id"], True, " and asked_at is not null"),
        ("ix_flow_run_open", ["organization_id", "recipient_id"], False, ""),
        ("ix_flow_run_due", ["resumes_at"], False, " and resumes_at is not null"),
    ):
        op.create_index(
            name, "flow_run", columns, unique=unique, postgresql_where=sa.text(f"ended_at is null{where}")
        )
    op.create_table(
        "flow_call",
        *_row("flow_call"),
        _big("run_id"),
        _text("url"),
        _json("body"),
        _tries(),
        _happened("next_at"),
        _moment("done_at"),
        _text("outcome", ""),
        _within("flow_call", "run_id", "flow_run"),
    )
    op.create_index("ix_flow_call_due", "flow_call", ["next_at"], postgresql_where=sa.text("done_at is null"))


def _extend_keywords() -> None:
    op.add_column("keyword", _big("flow_id", nullable=True))
    op.add_column("keyword", _big("redirect_id", nullable=True))
    op.add_column("keyword", _text("ended_words", nullable=True))
    for column, target in (("flow_id", "flow"), ("redirect_id", "keyword")):
        op.create_foreign_key(
            op.f(f"fk_keyword_organization_id_{column}"),
            "keyword",
            target,
            ["organization_id", column],
            ["organization_id", "id"],
        )
    op.create_index(
        "ix_keyword_retired",
        "keyword",
        ["organization_id", "word", "id"],
        postgresql_where=sa.text("retired_at is not null"),
    )
    op.create_table(
        "meant_keyword",
        _big("organization_id"),
        _big("recipient_id"),
        _big("keyword_id"),
        _happened("asked_at"),
        sa.PrimaryKeyConstraint("organization_id", "recipient_id", name=op.f("pk_meant_keyword")),
        _within("meant_keyword", "recipient_id", "recipient"),
        _within("meant_keyword", "keyword_id", "keyword"),
    )
    op.create_table(
        "referrer_code",
        _big("organization_id"),
        _text("code"),
        _big("recipient_id"),
        _happened("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "code", name=op.f("pk_referrer_code")),
        _within("referrer_code", "recipient_id", "recipient"),
        sa.UniqueConstraint(
            "organization_id", "recipient_id", name=op.f("uq_referrer_code_organization_id_recipient_id")
        ),
    )
    op.create_table(
        "referral",
        _big("organization_id"),
        _big("recipient_id"),
        _big("referrer_id"),
        _big("keyword_id"),
        _happened("created_at"),
        sa.PrimaryKeyConstraint("organization_id", "recipient_id", name=op.f("pk_referral")),
        _within("referral", "recipient_id", "recipient"),
        _within("referral", "referrer_id", "recipient"),
        _within("referral", "keyword_id", "keyword"),
    )
    op.create_index(
        op.f("ix_referral_organization_id_referrer_id"), "referral", ["organization_id", "referrer_id"]
    )


def downgrade() -> None:
    op.drop_column("message", "list_id")
    for column in ("ended_words", "redirect_id", "flow_id"):
        op.drop_column("keyword", column)
    for table in (*TABLES, "flow"):
        op.drop_table(table)
