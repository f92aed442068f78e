"""Who uses Textbank and through which carrier accounts and senders; and what was done by whom."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

from textbank.tables import (
    OrganizationRow,
    happened,
    moment,
    of_organization,
    reference,
    within_organization,
)


class Installation(SQLModel, table=True):
    """One row for the whole database: whether it was made for simulated or for real texts."""

    __tablename__ = "installation"
    __table_args__ = (
        sa.CheckConstraint("single", name="only_one"),
        sa.CheckConstraint("mode in ('simulated', 'live')", name="mode"),
    )
    single: bool = Field(default=True, primary_key=True, sa_column_kwargs={"server_default": sa.true()})
    mode: str
    made_at: datetime = happened()


class PartHeartbeat(SQLModel, table=True):
    """When each running part (worker, schedule) last showed that it is alive; read by `/readyz`."""

    __tablename__ = "part_heartbeat"
    part: str = Field(primary_key=True)
    beat_at: datetime = happened()


class BackupCopy(SQLModel, table=True):
    """One row for the whole database: how the last nightly copy went. Read it by `last_backup.py`."""

    __tablename__ = "backup_copy"
    __table_args__ = (sa.CheckConstraint("single", name="only_one"),)
    single: bool = Field(default=True, primary_key=True, sa_column_kwargs={"server_default": sa.true()})
    started_at: datetime | None = moment()
    """A worker is making one since then; null once it ended."""
    made_at: datetime | None = moment()
    bytes: int | None = Field(default=None, nullable=True, sa_type=sa.BigInteger)
    place: str | None = Field(default=None, nullable=True)
    """The file, on the machine of the worker that made it."""
    failed_at: datetime | None = moment()
    """When the last try failed; null once one succeeded again."""
    failure: str | None = Field(default=None, nullable=True)


def _price(dollars: str) -> Any:
    return Field(
        default=Decimal(dollars),
        sa_type=sa.Numeric(8, 5),
        sa_column_kwargs={"server_default": sa.text(dollars)},
    )


class Organization(SQLModel, table=True):
    """A group that texts with its supporters. Its `id` is everybody else's `organization_id`."""

    __tablename__ = "organization"
    __table_args__ = (
        sa.CheckConstraint("practice in ('off', 'offered', 'required')", name="practice"),
        sa.CheckConstraint("approval in ('none', 'first', 'trial')", name="approval"),
    )
    id: int = Field(
        default=None, primary_key=True, sa_type=sa.BigInteger, sa_column_args=[sa.Identity(always=True)]
    )
    name: str = Field(unique=True)
    help_contact: str
    """What HELP answers with besides the name: a phone number, an address or a page."""
    segment_price: Decimal = _price("0.0125")
    """Dollars for a segment from a local number with the carriers' fees: what spend is reckoned by."""
    toll_free_price: Decimal = _price("0.012")
    short_code_price: Decimal = _price("0.0125")
    mms_price: Decimal = _price("0.032")
    """Dollars for a picture message, however long."""
    looks_up_carriers: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whether the carrier is paid for telling networks (`campaigns/look_up_carriers.py`)."""
    texters_see_history: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Whether a texter also sees what was said before their campaign's first text."""
    practice: str = Field(default="offered", sa_column_kwargs={"server_default": "offered"})
    """Whether new texters practise before their first text."""
    approval: str = Field(default="none", sa_column_kwargs={"server_default": "none"})
    """Whether a captain looks at new texters first; `trial`: after a small batch of theirs."""
    pauses_texters: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """Whether a texter whose texts go unusually wrong is paused by itself (`assignments/trust.py`)."""
    setup_checks: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
    """What the set-up's last checks found, by step; read and written by `setup_state.py`."""
    created_at: datetime = happened()


class ApiToken(OrganizationRow, table=True):
    """A bearer token, kept as a SHA-256 digest only."""

    __tablename__ = "api_token"
    __table_args__ = (of_organization(),)
    name: str
    digest: bytes = Field(unique=True)
    created_at: datetime = happened()
    revoked_at: datetime | None = moment()


class CarrierAccount(OrganizationRow, table=True):
    """An account at the carrier. Organizations of a coalition may share one; each has a row of its own."""

    __tablename__ = "carrier_account"
    __table_args__ = (of_organization(), sa.UniqueConstraint("account_sid", "organization_id"))
    account_sid: str
    auth_token: bytes
    """Encrypted, see `accounts/cipher.py`."""
    previous_auth_token: bytes | None = Field(default=None, nullable=True)
    api_url: str = ""
    heard_at: datetime = happened()
    """Until when we know that its webhooks could reach us (the web process's heartbeat)."""
    held_since: datetime | None = moment()
    """Start of a gap in hearing that the reconciler has not read past yet; holds what we start."""
    gap_ended_at: datetime | None = moment()
    """When we heard again after that gap; the carrier's list must be read some seconds after it."""
    reconciled_at: datetime | None = moment()
    restored_copy_of: datetime | None = moment()
    """The database is a restored copy of this moment, and what was sent since is not known yet: nothing
    at all leaves until the carrier's list since then has been read (`inbound/settle_restored.py`)."""
    settling_until: datetime | None = moment()
    """A worker is reading that list; the others leave it alone until then."""
    halted_at: datetime | None = moment()
    halted_reason: str | None = Field(default=None, nullable=True)


def _share() -> float:
    share: float = Field(default=1.0, sa_column_kwargs={"server_default": sa.text("1")})
    return share


class Brand(OrganizationRow, table=True):
    """Who we are to the carriers. T-Mobile counts the segments of a brand by the day, midnight to midnight
    Pacific; what is counted here is counted in the statement that claims (`textbank/carriers_day.py`)."""

    __tablename__ = "brand"
    __table_args__ = (
        of_organization(),
        sa.UniqueConstraint("organization_id", "name"),
        sa.CheckConstraint("day_cap > 0", name="day_cap"),
        sa.CheckConstraint("day_share > 0 and day_share <= 1", name="day_share"),
        sa.CheckConstraint("elsewhere >= 0", name="elsewhere"),
        {"postgresql_with": {"fillfactor": 50}},
    )
    name: str
    day_cap: int | None = Field(default=None, nullable=True)
    """Segments a day; null where there is no cap, or none is known."""
    day_share: float = _share()
    """How much of what we send goes to the carrier that counts; all of it, until somebody knows better."""
    used_on: date | None = Field(default=None, nullable=True)
    used: float = Field(default=0.0, sa_column_kwargs={"server_default": sa.text("0")})
    """Segments of ours on that day."""
    elsewhere_on: date | None = Field(default=None, nullable=True)
    elsewhere: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    """Segments that other tools sent on that day, entered by hand."""
    full_on: date | None = Field(default=None, nullable=True)
    """On that day the carrier itself said that the cap was reached."""


class RegisteredCampaign(OrganizationRow, table=True):
    """A 10DLC campaign as it is registered; AT&T counts the segments of all its numbers by the minute."""

    __tablename__ = "registered_campaign"
    __table_args__ = (
        within_organization("brand_id", "brand"),
        sa.UniqueConstraint("organization_id", "name"),
        sa.CheckConstraint("segments_per_minute > 0", name="pace"),
        sa.CheckConstraint("minute_share > 0 and minute_share <= 1", name="minute_share"),
    )
    brand_id: int = reference()
    name: str
    segments_per_minute: int | None = Field(default=None, nullable=True)
    minute_share: float = _share()


class Sender(OrganizationRow, table=True):
    """A number, short code or messaging service that texts leave from."""

    __tablename__ = "sender"
    __table_args__ = (
        within_organization("carrier_account_id", "carrier_account"),
        within_organization("messaging_service_id", "sender"),
        within_organization("registered_campaign_id", "registered_campaign"),
        sa.UniqueConstraint("account_sid", "address"),
        sa.CheckConstraint(
            "kind in ('long_code', 'toll_free', 'short_code', 'messaging_service')", name="kind"
        ),
        sa.CheckConstraint("segments_per_second > 0", name="pace"),
        sa.CheckConstraint("registration in ('unregistered', 'pending', 'registered')", name="registration"),
    )
    carrier_account_id: int = reference()
    account_sid: str
    kind: str
    address: str
    """E.164, a short code, or a messaging service's sid."""
    messaging_service_id: int | None = reference(nullable=True)
    segments_per_second: float
    carrier_confirms_stop: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """The carrier itself answers a STOP here (toll-free, default handling), so we stay silent."""
    registration: str = Field(default="unregistered", sa_column_kwargs={"server_default": "unregistered"})
    """Whether the carriers let it text groups. Until it is registered, first texts and blasts stay here;
    answers and replies leave. Simulated senders count as registered."""
    registered_campaign_id: int | None = reference(nullable=True)
    pooled: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    """Whether campaigns may use it for people who know no number of ours, or whose number rests."""
    halted_at: datetime | None = moment()
    """Since when it rests, for a fault of its own; other numbers of the pool do its work meanwhile."""
    halted_reason: str | None = Field(default=None, nullable=True)
    retry_at: datetime | None = moment()
    """When a rest ends by itself; null: when somebody has mended what the carrier complained of."""
    slowed_until: datetime | None = moment()
    """The carrier said "too fast": half the pace until then."""
    trickled_at: datetime | None = moment()
    """The latest text that left at the pace of PostgreSQL, while Valkey was away."""
    created_at: datetime = happened()


class AuditEvent(OrganizationRow, table=True):
    """What somebody did to the organization's set-up or people; append-only."""

    __tablename__ = "audit_event"
    __table_args__ = (of_organization(),)
    at: datetime = happened()
    actor: str
    action: str
    details: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'{}'")},
    )
