"""teams, links that can be shown again, practice, approval, suspension, browsers let in by a text

Revision ID: 0032
Revises: 0031
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("waiting_browser", "team_campaign", "team_member", "team")
LANGUAGES = "array['en', 'es', 'zh', 'vi', 'ko', 'tl', 'ht', 'ar', 'fr', 'pt', 'ru']"


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=default, nullable=nullable)


def _happened(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{target}.organization_id", f"{target}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def _of_organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id"], ["organization.id"], name=op.f(f"fk_{table}_organization_id")
    )


def _row(table: str) -> tuple[Any, ...]:
    return (
        _big("organization_id"),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{table}")),
        _of_organization(table),
    )


def upgrade() -> None:
    _extend_organizations()
    _make_teams()
    _extend_members()
    _extend_invites()
    _make_waiting_browsers()
    for table in reversed(TABLES):
        isolate_changeable(table)


def _extend_organizations() -> None:
    op.add_column("organization", _text("practice", "offered"))
    op.add_column("organization", _text("approval", "none"))
    op.add_column(
        "organization", sa.Column("pauses_texters", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_organization_practice"), "organization", "practice in ('off', 'offered', 'required')"
    )
    op.create_check_constraint(
        op.f("ck_organization_approval"), "organization", "approval in ('none', 'first', 'trial')"
    )


def _make_teams() -> None:
    op.create_table(
        "team",
        *_row("team"),
        _text("name"),
        _text("language", ""),
        _happened("created_at"),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_team_organization_id_name")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_team_named")),
    )
    for table, column, target, happened in (
        ("team_member", "member_id", "member", "joined_at"),
        ("team_campaign", "campaign_id", "campaign", "added_at"),
    ):
        op.create_table(
            table,
            _big("organization_id"),
            _big("team_id"),
            _big(column),
            _happened(happened),
            sa.PrimaryKeyConstraint("organization_id", "team_id", column, name=op.f(f"pk_{table}")),
            _within(table, "team_id", "team"),
            _within(table, column, target),
        )
        op.create_index(op.f(f"ix_{table}_organization_id_{column}"), table, ["organization_id", column])


def _extend_members() -> None:
    op.add_column("member", _text("phone", nullable=True))
    op.add_column(
        "member",
        sa.Column("languages", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("member", _text("practice", ""))
    op.add_column("member", _moment("practised_at"))
    op.add_column("member", _text("approval", "approved"))
    op.add_column(
        "member", sa.Column("trial_left", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("member", _moment("suspended_at"))
    op.add_column("member", _text("suspended_because", ""))
    op.create_check_constraint(
        op.f("ck_member_approval"), "member", "approval in ('approved', 'waiting', 'trial')"
    )
    op.create_check_constraint(op.f("ck_member_languages"), "member", f"languages <@ {LANGUAGES}::varchar[]")
    for name, columns, where in (
        ("ix_member_phone", ["organization_id", "phone"], "phone is not null"),
        ("ix_member_to_approve", ["organization_id", "id"], "approval <> 'approved' and disabled_at is null"),
        (
            "ix_member_suspended",
            ["organization_id", "id"],
            "suspended_at is not null and disabled_at is null",
        ),
    ):
        op.create_index(name, "member", columns, postgresql_where=sa.text(where))
    op.add_column("sign_in", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))


def _extend_invites() -> None:
    op.add_column("invite", _big("team_id", nullable=True))
    op.add_column("invite", sa.Column("seed", sa.LargeBinary(), nullable=True))
    op.create_foreign_key(
        op.f("fk_invite_organization_id_team_id"),
        "invite",
        "team",
        ["organization_id", "team_id"],
        ["organization_id", "id"],
    )
    for column in ("campaign_id", "team_id"):
        op.create_index(
            op.f(f"ix_invite_organization_id_{column}"),
            "invite",
            ["organization_id", column],
            postgresql_where=sa.text(f"{column} is not null"),
        )


def _make_waiting_browsers() -> None:
    op.create_table(
        "waiting_browser",
        *_row("waiting_browser"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _text("word"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _big("member_id", nullable=True),
        _moment("known_at"),
        _moment("let_in_at"),
        _within("waiting_browser", "member_id", "member"),
        sa.UniqueConstraint(
            "organization_id", "digest", name=op.f("uq_waiting_browser_organization_id_digest")
        ),
        sa.UniqueConstraint("organization_id", "word", name=op.f("uq_waiting_browser_organization_id_word")),
    )
    op.create_index(
        "ix_waiting_browser_member",
        "waiting_browser",
        ["organization_id", "member_id", "known_at"],
        postgresql_where=sa.text("member_id is not null"),
    )
    op.create_index("ix_waiting_browser_over", "waiting_browser", ["organization_id", "expires_at"])


def downgrade() -> None:
    for column in ("team_id", "campaign_id"):
        op.drop_index(op.f(f"ix_invite_organization_id_{column}"), "invite")
    op.drop_column("invite", "team_id")
    op.drop_column("invite", "seed")
    op.drop_column("sign_in", "shared")
    for column in (
        "suspended_because",
        "suspended_at",
        "trial_left",
        "approval",
        "practised_at",
        "practice",
        "languages",
        "phone",
    ):
        op.drop_column("member", column)
    for table in TABLES:
        op.drop_table(table)
    for column in ("pauses_texters", "approval", "practice"):
        op.drop_column("organization", column)
