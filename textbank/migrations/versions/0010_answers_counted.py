"""an index by which the answers to a campaign's questions are counted

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_question_answer_option", "question_answer", ["organization_id", "option_id"])


def downgrade() -> None:
    op.drop_index("ix_question_answer_option", "question_answer")
