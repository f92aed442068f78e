"""Campaigns: whom they reach, what they say, what is asked, and how far they are."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.campaigns.own_batches import CHECKS as BATCHES_CHECKS
from textbank.campaigns.own_batches import OwnBatches
from textbank.campaigns.own_hours import CHECKS as HOURS_CHECKS
from textbank.campaigns.own_hours import OwnHours
from textbank.campaigns.own_limits import CHECKS as LIMITS_CHECKS
from textbank.campaigns.own_limits import OwnLimits
from textbank.campaigns.own_start import CHECKS as START_CHECKS
from textbank.campaigns.own_start import OwnStart
from textbank.tables import (
    OrganizationRow,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)


def _count() -> Any:
    return Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.text("0")})


def _text() -> Any:
    return Field(default="", sa_column_kwargs={"server_default": ""})


def _by_member(column: str) -> sa.ForeignKeyConstraint:
    """To a member; added after both tables, because members come by invites and invites name campaigns."""
    return sa.ForeignKeyConstraint(
        ["organization_id", column], ["member.organization_id", "member.id"], use_alter=True
    )


class Script(OrganizationRow, table=True):
    """A campaign's words, with merge fields (`campaigns/words.py`). After a launch, an edit is a new row."""

    __tablename__ = "script"
    __table_args__ = (of_organization(),)
    body: str
    created_at: datetime = happened()


class Campaign(OrganizationRow, OwnBatches, OwnHours, OwnLimits, OwnStart, table=True):
    """A blast or a peer-to-peer campaign. Pausing it flips `state`, and nothing else."""

    __tablename__ = "campaign"
    __table_args__ = (
        within_organization("script_id", "script"),
        within_organization("again_of_id", "campaign"),
        _by_member("made_by_id"),
        _by_member("statement_by_id"),
        _by_member("hours_by_id"),
        _by_member("critical_by_id"),
        *BATCHES_CHECKS,
        *HOURS_CHECKS,
        *LIMITS_CHECKS,
        *START_CHECKS,
        sa.CheckConstraint("kind in ('blast', 'p2p')", name="kind"),
        sa.CheckConstraint(
            "state in ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done')", name="state"
        ),
        sa.CheckConstraint("kind = 'p2p' or statement = ''", name="statement_is_for_people"),
    )
    kind: str
    name: str
    script_id: int = reference()
    state: str = Field(default="draft", sa_column_kwargs={"server_default": "draft"})
    paused_because: str | None = Field(default=None, nullable=True)
    """Why it is paused, where nobody pressed a button: `restored_copy` (docs/decisions/0010), `filtered` or
    `registration` (docs/decisions/0013), `budget` or `month_budget` (docs/decisions/0015), `first_part`,
    `opted_out` or `failed` (docs/decisions/0016)."""
    paused_at: datetime | None = moment()
    filtered: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    """Texts that carriers have filtered since the campaign last went on."""
    forgiven_to: int = _count()
    """How many texts had left when it last went on: the share that is filtered is of those since."""
    forgiven: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    """What was counted of its outcomes when it last went on: `watch.py` looks at those since."""
    again_of_id: int | None = reference(nullable=True)
    """The campaign whose undelivered texts this one repeats (`text_again.py`)."""
    made_by_id: int | None = reference(nullable=True)
    statement: str = _text()
    """Why people without a recorded basis may be texted by hand, in an admin's own words; p2p only."""
    statement_by_id: int | None = reference(nullable=True)
    created_at: datetime = happened()
    changed_at: datetime = happened()
    """When the draft last changed in a way that its preview shows."""
    launched_at: datetime | None = moment()
    frozen_to: int = _count()
    """The audience is frozen for all recipients up to this one."""
    frozen_at: datetime | None = moment()
    """When the whole audience was frozen."""
    rewritten_to: int | None = reference(nullable=True)
    """While new words are put into texts that wait: done for recipients up to this one; else null."""
    finished_at: datetime | None = moment()
    looked_up_at: datetime | None = moment()
    """When a part of its audience had been looked up at the carrier (`look_up_carriers.py`)."""


class CampaignList(SQLModel, table=True):
    """That a campaign reaches for a list."""

    __tablename__ = "campaign_list"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        within_organization("list_id", "contact_list"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    list_id: int = Field(primary_key=True, sa_type=sa.BigInteger)


class CampaignWording(SQLModel, table=True):
    """Another wording of a blast than its own; 0 is what its own was when the comparison ended."""

    __tablename__ = "campaign_wording"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        sa.CheckConstraint("position between 0 and 3", name="position"),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    position: int = Field(primary_key=True, sa_type=sa.SmallInteger)
    body: str
    ended_at: datetime | None = moment()
    """When somebody changed the words: what left until then is compared."""


class AudienceMember(SQLModel, table=True):
    """That a campaign reaches a recipient, once: its key is what keeps first texts single."""

    __tablename__ = "audience_member"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        within_organization("recipient_id", "recipient"),
        within_organization("contact_id", "contact"),
        within_organization("message_id", "message"),
        sa.Index(
            "ix_audience_member_unqueued",
            "organization_id",
            "campaign_id",
            "recipient_id",
            postgresql_where=sa.text("message_id is null and not later"),
        ),
        # Whom a campaign reaches only when somebody lets the rest go.
        sa.Index(
            "ix_audience_member_later",
            "organization_id",
            "campaign_id",
            "recipient_id",
            postgresql_where=sa.text("later"),
        ),
        within_organization("assigned_member_id", "member"),
        within_organization("skipped_by_id", "member"),
        # Whom the next texter of a peer-to-peer campaign gets, and whom each one holds unsent.
        sa.Index(
            "ix_audience_member_free",
            "organization_id",
            "campaign_id",
            "recipient_id",
            postgresql_where=sa.text(
                "message_id is null and assigned_member_id is null and skipped_by_id is null and not later"
            ),
        ),
        sa.Index(
            "ix_audience_member_held",
            "organization_id",
            "campaign_id",
            "assigned_member_id",
            "recipient_id",
            postgresql_where=sa.text("message_id is null and assigned_member_id is not null"),
        ),
        sa.Index(
            "ix_audience_member_skipped",
            "organization_id",
            "campaign_id",
            "skipped_by_id",
            "recipient_id",
            postgresql_where=sa.text("message_id is null and skipped_by_id is not null"),
        ),
    )
    organization_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    campaign_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    recipient_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    contact_id: int = reference()
    message_id: int | None = reference(nullable=True)
    assigned_member_id: int | None = reference(nullable=True)
    """The texter who holds them, and after the first text the one who sent it."""
    assigned_at: datetime | None = moment()
    skipped_by_id: int | None = reference(nullable=True)
    """The texter who would rather not; they wait until somebody puts them back."""
    undone: int = Field(default=0, sa_type=sa.SmallInteger, sa_column_kwargs={"server_default": sa.text("0")})
    """How many presses for them were taken back: a press names the number it saw, so none comes twice."""
    later: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Not among the first people of a campaign that begins with a part."""
    wording: int | None = Field(default=None, nullable=True, sa_type=sa.SmallInteger)
    """Which of several wordings they get, 0 for the campaign's own; null where none are compared."""


class CannedResponse(OrganizationRow, table=True):
    """A ready-made reply that a texter may send in a peer-to-peer campaign."""

    __tablename__ = "canned_response"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        sa.Index(None, "organization_id", "campaign_id", "position"),
        sa.Index(
            "uq_canned_response_one_tap",
            "organization_id",
            "campaign_id",
            unique=True,
            postgresql_where=sa.text("one_tap"),
        ),
    )
    campaign_id: int = reference()
    title: str
    body: str
    one_tap: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Sent by one press, where the person's text allows it (`conversations/one_tap.py`)."""
    position: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})


class Question(OrganizationRow, table=True):
    """Something that a texter finds out in the conversation."""

    __tablename__ = "question"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        sa.Index(None, "organization_id", "campaign_id", "position"),
    )
    campaign_id: int = reference()
    position: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    words: str


class QuestionOption(OrganizationRow, table=True):
    """One of the answers that a question may get."""

    __tablename__ = "question_option"
    __table_args__ = (
        within_organization("question_id", "question"),
        within_organization("response_id", "canned_response"),
        within_organization("next_question_id", "question"),
        sa.Index(None, "organization_id", "question_id", "position"),
    )
    question_id: int = reference()
    label: str
    position: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    response_id: int | None = reference(nullable=True)
    """The ready-made reply that is filled in when this answer is chosen."""
    next_question_id: int | None = reference(nullable=True)
    """What is asked after this answer; without one, the next question in order that has no answer yet."""


class QuestionAnswer(OrganizationRow, table=True):
    """What somebody answered, as a texter noted it; the last word counts."""

    __tablename__ = "question_answer"
    __table_args__ = (
        within_organization("campaign_id", "campaign"),
        within_organization("recipient_id", "recipient"),
        within_organization("question_id", "question"),
        within_organization("option_id", "question_option"),
        within_organization("member_id", "member"),
        sa.UniqueConstraint("organization_id", "question_id", "recipient_id"),
        sa.Index("ix_question_answer_option", "organization_id", "option_id"),
    )
    campaign_id: int = reference()
    recipient_id: int = reference()
    question_id: int = reference()
    option_id: int = reference()
    member_id: int = reference()
    at: datetime = happened()


class Disclaimer(OrganizationRow, table=True):
    """Words that the law wants in the first text to people in a state; empty letters: in every state."""

    __tablename__ = "disclaimer"
    __table_args__ = (of_organization(), sa.UniqueConstraint("organization_id", "state"))
    state: str = _text()
    words: str
