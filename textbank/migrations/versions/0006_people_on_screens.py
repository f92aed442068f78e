"""finding people by name, number and e-mail; imports by upload; a keyword's own confirmation

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from textbank.migrations.isolate import isolate_changeable

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Comparing columns with <, >= is leakproof, so row-level security lets it use an index; calling lower() on
# them is not. Hence columns that hold the folded words, made by the database itself.
_WITH = "áàâäãåéèêëíìîïóòôöõúùûüñçÁÀÂÄÃÅÉÈÊËÍÌÎÏÓÒÔÖÕÚÙÛÜÑÇ"
_WITHOUT = "aaaaaaeeeeiiiiooooouuuuncaaaaaaeeeeiiiiooooouuuunc"
_FOLDED = f"""
    create function folded(words text) returns text language sql immutable strict parallel safe
    return translate(lower(btrim(words) collate "C"), '{_WITH}', '{_WITHOUT}')
"""
_COMPUTED = {
    "sort_name": "coalesce(nullif(folded(last_name), ''), nullif(folded(first_name), ''), chr(1114109))",
    "folded_first": "folded(first_name)",
    "folded_email": "folded(coalesce(email, ''))",
}
_BEGUN = sa.text("state in ('checking', 'importing')")


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{parent}.organization_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def _of_import(table: str, third: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column(third, sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "import_id", third, name=op.f(f"pk_{table}")),
        _to(table, "import_id", "contact_import"),
    ]


def upgrade() -> None:
    op.execute(_FOLDED)
    for name, words in _COMPUTED.items():
        op.execute(
            f'alter table contact add column {name} text collate "C" not null '
            f"generated always as ({words}) stored"
        )
    op.create_index("ix_contact_by_name", "contact", ["organization_id", "sort_name", "folded_first", "id"])
    op.create_index("ix_contact_by_first_name", "contact", ["organization_id", "folded_first", "id"])
    op.create_index(
        "ix_contact_by_email",
        "contact",
        ["organization_id", "folded_email"],
        postgresql_where=sa.text("folded_email <> ''"),
    )
    op.create_index("ix_subscription_members", "subscription", ["organization_id", "list_id", "state", "id"])
    op.create_index(
        "ix_suppression_newest",
        "suppression",
        ["organization_id", "id"],
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.add_column("keyword", sa.Column("confirmation", sa.String(), nullable=True))
    _imports()


def _imports() -> None:
    op.create_table(
        "contact_import",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        _json("columns"),
        _json("basis"),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        _json("checked"),
        _json("counts"),
        sa.Column("rows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failure", sa.String(), server_default="", nullable=False),
        _moment("created_at", now=True),
        _moment("started_at"),
        _moment("finished_at"),
        _moment("worked_on_until"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_contact_import")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_contact_import_organization_id")
        ),
        _to("contact_import", "list_id", "contact_list"),
        _to("contact_import", "member_id", "member"),
        sa.CheckConstraint(
            "state in ('draft', 'checking', 'checked', 'importing', 'done', 'stopped', 'failed')",
            name=op.f("ck_contact_import_state"),
        ),
        sa.CheckConstraint(
            "state <> 'importing' or list_id is not null", name=op.f("ck_contact_import_has_a_list")
        ),
    )
    op.create_index(
        "ix_contact_import_waiting", "contact_import", ["organization_id"], postgresql_where=_BEGUN
    )
    op.create_table(
        "import_chunk",
        *_of_import("import_chunk", "position"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "import_not_taken",
        *_of_import("import_not_taken", "line"),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("raw", sa.String(), server_default="", nullable=False),
    )
    for table in ("contact_import", "import_chunk", "import_not_taken"):
        isolate_changeable(table)


def downgrade() -> None:
    for table in ("import_not_taken", "import_chunk", "contact_import"):
        op.drop_table(table)
    op.drop_column("keyword", "confirmation")
    op.drop_index("ix_suppression_newest")
    op.drop_index("ix_subscription_members")
    for name in _COMPUTED:
        op.drop_column("contact", name)
    op.execute("drop function folded(text)")
