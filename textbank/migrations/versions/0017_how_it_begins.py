"""campaigns that begin later, or with a part of their people

Revision ID: 0017
Revises: 0016
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CHECKS = {
    "first_part": "first_part > 0 and (first_part_kind = 'people' or first_part < 100)",
    "first_part_kind": "first_part_kind in ('people', 'percent')",
    "one_start": "starts_at is null or starts_at_place is null",
}
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "first_part": sa.Integer(),
    "rest_at": sa.DateTime(timezone=True),
    "starts_at": sa.DateTime(timezone=True),
    "starts_at_place": sa.DateTime(timezone=False),
    "begins_at": sa.DateTime(timezone=True),
}
TEXTS = {"first_part_kind": "people", "not_begun": ""}
STATES = "state in ('draft', 'running', 'paused', 'stopped', 'done')"
UNQUEUED = "message_id is null"
FREE = "message_id is null and assigned_member_id is null and skipped_by_id is null"


def _index(name: str, where: str) -> None:
    op.create_index(
        name,
        "audience_member",
        ["organization_id", "campaign_id", "recipient_id"],
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("campaign", sa.Column(name, kind, nullable=True))
    for name, default in TEXTS.items():
        op.add_column("campaign", sa.Column(name, sa.String(), server_default=default, nullable=False))
    for name, holds in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_campaign_{name}"), "campaign", holds)
    op.drop_constraint("ck_campaign_state", "campaign")
    op.create_check_constraint(
        op.f("ck_campaign_state"), "campaign", STATES.replace("'draft', ", "'draft', 'scheduled', ")
    )
    op.add_column(
        "audience_member", sa.Column("later", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for name, where in (("unqueued", UNQUEUED), ("free", FREE)):
        op.drop_index(f"ix_audience_member_{name}", "audience_member")
        _index(f"ix_audience_member_{name}", f"{where} and not later")
    _index("ix_audience_member_later", "later")


def downgrade() -> None:
    op.drop_index("ix_audience_member_later", "audience_member")
    for name, where in (("unqueued", UNQUEUED), ("free", FREE)):
        op.drop_index(f"ix_audience_member_{name}", "audience_member")
        _index(f"ix_audience_member_{name}", where)
    op.drop_column("audience_member", "later")
    op.drop_constraint("ck_campaign_state", "campaign")
    op.create_check_constraint(op.f("ck_campaign_state"), "campaign", STATES)
    for name in (*TEXTS, *COLUMNS):
        op.drop_column("campaign", name)
