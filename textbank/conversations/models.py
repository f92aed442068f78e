"""One conversation per recipient: who answers, and whether somebody waits."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import happened, moment, within_organization


class Conversation(SQLModel, table=True):
    """The thread with one number. The recipient's id is its own."""

    __tablename__ = "conversation"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        sa.Index(
            "ix_conversation_waiting",
            "organization_id",
            "needs_reply_since",
            "recipient_id",
            postgresql_where=sa.text("needs_reply_since is not null"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    assigned_to: str | None = Field(default=None, nullable=True)
    needs_reply_since: datetime | None = moment()
    last_inbound_at: datetime | None = moment()
    last_message_at: datetime = happened()
