"""One conversation per recipient: who answers, whether somebody waits, and what it is marked with."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from textbank.tables import (
    OrganizationRow,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)

_WAITING = sa.text("needs_reply_since is not null")
_NOBODYS = sa.text("assigned_member_id is null and state = 'open'")
_POOL = sa.text("assigned_member_id is null and needs_reply_since is not null and wants <> 'staff'")


class Conversation(SQLModel, table=True):
    """The thread with one number. The recipient's id is its own."""

    __tablename__ = "conversation"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("assigned_member_id", "member"),
        within_organization("left_by_id", "member"),
        within_organization("campaign_id", "campaign"),
        sa.CheckConstraint("state in ('open', 'closed')", name="state"),
        sa.CheckConstraint("wants in ('', 'staff', 'language')", name="wants"),
        # One index for each way that the inbox and a texter's own list are sorted and filtered.
        sa.Index(
            "ix_conversation_waiting",
            "organization_id",
            "needs_reply_since",
            "recipient_id",
            postgresql_where=_WAITING,
        ),
        sa.Index("ix_conversation_newest", "organization_id", "last_message_at", "recipient_id"),
        sa.Index(
            "ix_conversation_nobodys",
            "organization_id",
            "last_message_at",
            "recipient_id",
            postgresql_where=_NOBODYS,
        ),
        sa.Index(
            "ix_conversation_assigned",
            "organization_id",
            "assigned_member_id",
            "last_message_at",
            "recipient_id",
            postgresql_where=sa.text("assigned_member_id is not null"),
        ),
        sa.Index(
            "ix_conversation_assigned_waiting",
            "organization_id",
            "assigned_member_id",
            "needs_reply_since",
            "recipient_id",
            postgresql_where=_WAITING,
        ),
        sa.Index(
            "ix_conversation_campaign",
            "organization_id",
            "campaign_id",
            "last_message_at",
            "recipient_id",
            postgresql_where=sa.text("campaign_id is not null"),
        ),
        sa.Index(
            "ix_conversation_alert",
            "organization_id",
            "alert_since",
            "recipient_id",
            postgresql_where=sa.text("alert_since is not null"),
        ),
        # Who waits for anybody of a campaign, and who waits for staff.
        sa.Index(
            "ix_conversation_pool",
            "organization_id",
            "campaign_id",
            "needs_reply_since",
            "recipient_id",
            postgresql_where=_POOL,
        ),
        sa.Index(
            "ix_conversation_for_staff",
            "organization_id",
            "needs_reply_since",
            "recipient_id",
            postgresql_where=sa.text("wants = 'staff'"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    assigned_member_id: int | None = reference(nullable=True)
    campaign_id: int | None = reference(nullable=True)
    """The last campaign that reached them before they wrote."""
    state: str = Field(default="open", sa_column_kwargs={"server_default": "open"})
    needs_reply_since: datetime | None = moment()
    last_inbound_at: datetime | None = moment()
    last_message_at: datetime = happened()
    alert_since: datetime | None = moment()
    """They wrote an alert word, and nobody has answered or closed it since."""
    alert_word: str = Field(default="", sa_column_kwargs={"server_default": ""})
    snoozed_until: datetime | None = moment()
    """Its texter wants to see it again then; a new text of theirs ends that."""
    seen_to: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})
    """The latest text that the one who answers has had on the screen."""
    wants: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Whom the one who gave it back asked for: `staff`, or a speaker of a `language`."""
    wants_language: str = Field(default="", sa_column_kwargs={"server_default": ""})
    moved_at: datetime | None = moment()
    """When it last went to another member, or became nobody's."""
    left_by_id: int | None = reference(nullable=True)
    """Who gave it back, or from whom it was taken: it is not offered to them again."""


class ConversationNote(OrganizationRow, table=True):
    """What somebody of ours wrote down about a conversation; the person never reads it."""

    __tablename__ = "conversation_note"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("member_id", "member"),
        sa.CheckConstraint("body <> ''", name="said"),
        sa.Index(None, "organization_id", "recipient_id", "id"),
    )
    recipient_id: int = reference()
    member_id: int = reference()
    body: str
    created_at: datetime = happened()


class CaptainQuestion(OrganizationRow, table=True):
    """What a texter asked a captain about a conversation, and the answer."""

    __tablename__ = "captain_question"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("asked_by_id", "member"),
        within_organization("answered_by_id", "member"),
        sa.CheckConstraint("question <> ''", name="asked"),
        sa.CheckConstraint("(answered_at is null) = (answer = '')", name="answered"),
        # One that is open for each texter and conversation; who waits for a captain, oldest first.
        sa.Index(
            "uq_captain_question_open",
            "organization_id",
            "recipient_id",
            "asked_by_id",
            unique=True,
            postgresql_where=sa.text("answered_at is null"),
        ),
        sa.Index(
            "ix_captain_question_open",
            "organization_id",
            "id",
            postgresql_where=sa.text("answered_at is null"),
        ),
        sa.Index("ix_captain_question_of", "organization_id", "recipient_id", "id"),
        # Answers that the one who asked has not had on the screen.
        sa.Index(
            "ix_captain_question_unseen",
            "organization_id",
            "asked_by_id",
            "recipient_id",
            postgresql_where=sa.text("answered_at is not null and seen_at is null"),
        ),
    )
    recipient_id: int = reference()
    asked_by_id: int = reference()
    question: str
    asked_at: datetime = happened()
    answer: str = Field(default="", sa_column_kwargs={"server_default": ""})
    answered_by_id: int | None = reference(nullable=True)
    answered_at: datetime | None = moment()
    seen_at: datetime | None = moment()
    """When the one who asked had the answer on the screen."""


class OwnPhrase(OrganizationRow, table=True):
    """A phrase whose meaning staff set, or an alert word; never deleted, for the ledger names it."""

    __tablename__ = "own_phrase"
    __table_args__ = (
        within_organization("member_id", "member"),
        within_organization("retired_by_id", "member"),
        sa.CheckConstraint(
            "meaning in ('stop', 'wrong_number', 'review', 'alert', 'no_alert')", name="meaning"
        ),
        sa.CheckConstraint("key <> ''", name="key_given"),
        sa.Index(
            "uq_own_phrase_live",
            "organization_id",
            "key",
            "meaning",
            unique=True,
            postgresql_where=sa.text("retired_at is null"),
        ),
    )
    phrase: str
    key: str
    """The phrase as texts are compared with it: `sms/own_phrases.py`."""
    meaning: str
    member_id: int = reference()
    created_at: datetime = happened()
    retired_at: datetime | None = moment()
    retired_by_id: int | None = reference(nullable=True)


class Tag(OrganizationRow, table=True):
    """A word that conversations are marked with."""

    __tablename__ = "tag"
    __table_args__ = (
        of_organization(),
        sa.UniqueConstraint("organization_id", "name"),
        sa.CheckConstraint("name <> ''", name="named"),
    )
    name: str
    created_at: datetime = happened()


class ConversationTag(SQLModel, table=True):
    """That a conversation is marked with a tag, by whom and when."""

    __tablename__ = "conversation_tag"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("tag_id", "tag"),
        sa.Index(None, "organization_id", "tag_id", "tagged_at", "recipient_id"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    tag_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    tagged_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    tagged_at: datetime = happened()


class ReplyKey(SQLModel, table=True):
    """The key that a page gave one reply: however often the form is sent, one text leaves."""

    __tablename__ = "reply_key"
    __table_args__ = (
        within_organization("recipient_id", "recipient"),
        within_organization("message_id", "message"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    key: str = Field(primary_key=True)
    message_id: int = reference()
    created_at: datetime = happened()
