"""campaigns to several lists, previews, progress, canned responses, questions and disclaimers

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ZERO = sa.text("0")
NEW = (
    "campaign_list",
    "campaign_preview",
    "campaign_progress",
    "canned_response",
    "question",
    "question_option",
    "question_answer",
    "disclaimer",
)


def _key(table: str, *columns: str) -> list[sa.schema.SchemaItem]:
    names = ("organization_id", *columns)
    return [
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in names),
        sa.PrimaryKeyConstraint(*names, name=op.f(f"pk_{table}")),
    ]


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


def _reference(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _counts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.BigInteger(), server_default=ZERO, nullable=False) for name in names]


def _jsonb(name: str, empty: str) -> sa.Column[object]:
    kind = postgresql.JSONB(astext_type=sa.Text())
    return sa.Column(name, kind, server_default=sa.text(f"'{empty}'"), nullable=False)


def _position() -> sa.Column[object]:
    return sa.Column("position", sa.Integer(), server_default=ZERO, nullable=False)


def upgrade() -> None:
    op.add_column(
        "organization",
        sa.Column("segment_price", sa.Numeric(8, 5), server_default=sa.text("0.0125"), nullable=False),
    )
    _lists()
    _campaign()
    _kept_counts()
    _conversation_script()
    op.create_table(
        "disclaimer",
        *_own("disclaimer"),
        sa.Column("state", sa.String(), server_default="", nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_disclaimer_organization_id")
        ),
        sa.UniqueConstraint("organization_id", "state", name=op.f("uq_disclaimer_organization_id_state")),
    )
    for table in NEW:
        isolate_changeable(table)


def _lists() -> None:
    op.create_table(
        "campaign_list",
        *_key("campaign_list", "campaign_id", "list_id"),
        _to("campaign_list", "campaign_id", "campaign"),
        _to("campaign_list", "list_id", "contact_list"),
    )
    # The owner of the tables is bound by their policies, too, and would see no campaign to carry over.
    op.execute("alter table campaign no force row level security")
    op.execute("insert into campaign_list select organization_id, id, list_id from campaign")
    op.drop_column("campaign", "list_id")


def _campaign() -> None:
    op.add_column("campaign", sa.Column("made_by_id", sa.BigInteger(), nullable=True))
    op.add_column("campaign", sa.Column("statement", sa.String(), server_default="", nullable=False))
    op.add_column("campaign", sa.Column("statement_by_id", sa.BigInteger(), nullable=True))
    op.add_column("campaign", _moment("changed_at", now=True))
    op.add_column("campaign", *_counts("frozen_to"))
    op.add_column("campaign", _moment("frozen_at"))
    op.add_column("campaign", sa.Column("rewritten_to", sa.BigInteger(), nullable=True))
    op.execute("update campaign set frozen_at = launched_at")
    op.execute("alter table campaign force row level security")
    for column in ("made_by_id", "statement_by_id"):
        op.create_foreign_key(
            op.f(f"fk_campaign_organization_id_{column}"),
            "campaign",
            "member",
            ["organization_id", column],
            ["organization_id", "id"],
        )
    op.create_check_constraint(
        op.f("ck_campaign_statement_is_for_people"), "campaign", "kind = 'p2p' or statement = ''"
    )


def _kept_counts() -> None:
    op.create_table(
        "campaign_preview",
        *_key("campaign_preview", "campaign_id"),
        sa.Column("of_change", sa.DateTime(timezone=True), nullable=False),
        *_counts("reached", "without_basis", "opted_out", "dead", "review", "left_list", "duplicates"),
        *_counts("segments"),
        sa.Column("exact", sa.Boolean(), server_default=sa.true(), nullable=False),
        *_counts("now"),
        _jsonb("later", "[]"),
        _moment("computed_at", now=True),
        _to("campaign_preview", "campaign_id", "campaign"),
    )
    op.create_table(
        "campaign_progress",
        *_key("campaign_progress", "campaign_id"),
        *_counts("audience", "with_us", "at_carrier", "delivered", "failed", "not_sent"),
        *_counts("opted_out", "replied", "waiting_replies"),
        _jsonb("reasons", "{}"),
        sa.Column("rate", sa.Float(), server_default=ZERO, nullable=False),
        _moment("computed_at", now=True),
        sa.Column("seconds", sa.Float(), server_default=ZERO, nullable=False),
        _to("campaign_progress", "campaign_id", "campaign"),
        postgresql_with={"fillfactor": 50},
    )


def _conversation_script() -> None:
    op.create_table(
        "canned_response",
        *_own("canned_response"),
        *_reference("campaign_id"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        _position(),
        _to("canned_response", "campaign_id", "campaign"),
    )
    op.create_table(
        "question",
        *_own("question"),
        *_reference("campaign_id"),
        _position(),
        sa.Column("words", sa.String(), nullable=False),
        _to("question", "campaign_id", "campaign"),
    )
    op.create_table(
        "question_option",
        *_own("question_option"),
        *_reference("question_id"),
        sa.Column("label", sa.String(), nullable=False),
        _position(),
        _to("question_option", "question_id", "question"),
    )
    for table, column in (
        ("canned_response", "campaign_id"),
        ("question", "campaign_id"),
        ("question_option", "question_id"),
    ):
        columns = ["organization_id", column, "position"]
        op.create_index(op.f(f"ix_{table}_organization_id_{column}_position"), table, columns)
    op.create_table(
        "question_answer",
        *_own("question_answer"),
        *_reference("campaign_id", "recipient_id", "question_id", "option_id", "member_id"),
        _moment("at", now=True),
        _to("question_answer", "campaign_id", "campaign"),
        _to("question_answer", "recipient_id", "recipient"),
        _to("question_answer", "question_id", "question"),
        _to("question_answer", "option_id", "question_option"),
        _to("question_answer", "member_id", "member"),
        sa.UniqueConstraint(
            "organization_id",
            "question_id",
            "recipient_id",
            name=op.f("uq_question_answer_organization_id_question_id_recipient_id"),
        ),
    )


def downgrade() -> None:
    op.add_column("campaign", sa.Column("list_id", sa.BigInteger(), nullable=True))
    op.execute("alter table campaign no force row level security")
    op.execute(
        "update campaign c set list_id = (select min(list_id) from campaign_list l "
        "where l.organization_id = c.organization_id and l.campaign_id = c.id)"
    )
    op.execute("alter table campaign force row level security")
    op.create_foreign_key(
        op.f("fk_campaign_organization_id_list_id"),
        "campaign",
        "contact_list",
        ["organization_id", "list_id"],
        ["organization_id", "id"],
    )
    for table in ("question_answer", *(each for each in reversed(NEW) if each != "question_answer")):
        op.drop_table(table)
    op.drop_constraint("ck_campaign_statement_is_for_people", "campaign")
    for column in (
        "rewritten_to",
        "frozen_at",
        "frozen_to",
        "changed_at",
        "statement_by_id",
        "statement",
        "made_by_id",
    ):
        op.drop_column("campaign", column)
    op.drop_column("organization", "segment_price")
