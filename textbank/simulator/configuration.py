"""What a simulated carrier is set to: its accounts and numbers, and how unkind it is.

Accounts are fixed at the start but for the webhook addresses, which a set-up wizard changes through the
API as it would at Twilio. `Behaviour` can be changed while the carrier runs (`PATCH /_simulator/settings`).
"""

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

OptOutHandling = Literal["off", "block", "late"]

CreateFault = Literal[
    "too_many_requests",
    "error_500_before",
    "error_500_after",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
]
"""How a create can go wrong; *before* and *after* say whether the message was accepted."""

TollFreeVerification = Literal["", "PENDING_REVIEW", "IN_REVIEW", "TWILIO_APPROVED", "TWILIO_REJECTED"]
CampaignStatus = Literal["", "PENDING", "IN_PROGRESS", "VERIFIED", "FAILED", "SUSPENDED"]

Share = float
CalledBack = Literal["queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled"]


def sid_for(prefix: str, name: str) -> str:
    """A sid that is the same in every run, so that a demo's database still knows its carrier."""
    # Not a secret: only a stable name.
    return prefix + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class NumberSettings(_Strict):
    """One of an account's phone numbers."""

    e164: str
    label: str = ""
    pace: float = Field(default=1.0, gt=0)
    """Segments per second. A long code outside 10DLC has 1, toll-free 3, a short code 100."""
    sms_url: str = ""
    sms_fallback_url: str = ""
    sms_application_sid: str = ""
    """A TwiML application that takes the number's texts in; its webhooks win over the number's."""
    toll_free_verification: TollFreeVerification = ""
    sid: str = ""

    def model_post_init(self, _context: object) -> None:
        """Give the number its sid."""
        if not self.sid:
            self.sid = sid_for("PN", self.e164)


class ServiceSettings(_Strict):
    """A messaging service: a pool of the account's numbers with settings of its own."""

    sid: str
    friendly_name: str = ""
    numbers: list[str] = Field(default_factory=list)
    inbound_request_url: str = ""
    fallback_url: str = ""
    status_callback: str = ""
    use_inbound_webhook_on_number: bool = False
    smart_encoding: bool = True
    sticky_sender: bool = True
    validity_period: int = Field(default=36_000, ge=1, le=36_000)
    campaign_status: CampaignStatus = ""
    """Where its A2P 10DLC registration stands; empty: none was made."""


class AccountSettings(_Strict):
    """An account: who may call, with what it may send, and whether the carrier itself obeys STOP."""

    sid: str
    auth_token: str
    secondary_auth_token: str = ""
    """Accepted for log-in while a token is being changed; webhooks are signed with the primary one."""
    label: str = ""
    status: Literal["active", "suspended", "closed"] = "active"
    type: Literal["Full", "Trial"] = "Full"
    blocks_unregistered: bool = False
    """Whether carriers block what its unregistered numbers send, as they do in the United States."""
    numbers: list[NumberSettings] = Field(default_factory=list)
    services: list[ServiceSettings] = Field(default_factory=list)
    default_opt_out: OptOutHandling = "off"
    """`block` refuses at once with 21610; `late` accepts and fails by callback, as Advanced Opt-Out does."""
    toll_free_stop: bool = True
    """The toll-free carrier layer obeys STOP by itself, whatever the account's setting: error 30004."""
    countries: list[str] = Field(default_factory=lambda: ["US", "CA", "PR"])
    """Where this account may text (Twilio's geographic permissions); elsewhere 21408."""


class Behaviour(_Strict):
    """How the carrier behaves from now on. Shares are probabilities from 0 to 1."""

    latency_ms: float = Field(default=0.0, ge=0)
    """How long a create takes to answer."""
    max_concurrent_creates: int = Field(default=0, ge=0)
    """More creates at once than this are answered 429; 0 means no limit."""
    create_fault_next: dict[CreateFault, int] = Field(default_factory=dict)
    """The next so many creates fail so."""
    create_fault_share: dict[CreateFault, Share] = Field(default_factory=dict)
    fault_timeout_seconds: float = Field(default=20.0, ge=0)
    """How long a create with a time-out fault keeps its caller waiting."""

    queue_limit_seconds: float = Field(default=36_000.0, ge=0)
    """A number's queue may hold this much of its own traffic; beyond, 21611."""
    service_pick_seconds: float = Field(default=0.02, ge=0)
    sending_seconds: float = Field(default=0.0, ge=0)
    """From `sending` to `sent`; at 0 both happen at once."""
    delivery_seconds: float = Field(default=0.3, ge=0)
    """From `sent` to the receipt."""
    undelivered_share: Share = Field(default=0.0, ge=0, le=1)
    undelivered_code: int = 30008
    no_receipt_share: Share = Field(default=0.0, ge=0, le=1)
    """Messages that stay `sent` for ever, as some carriers leave them."""

    callbacks_enabled: bool = True
    callback_statuses: tuple[CalledBack, ...] = ("sent", "delivered", "undelivered", "failed", "canceled")
    callbacks_lost: Share = Field(default=0.0, ge=0, le=1)
    callbacks_doubled: Share = Field(default=0.0, ge=0, le=1)
    callbacks_reversed: Share = Field(default=0.0, ge=0, le=1)
    """Messages whose `sent` is told only after their last status."""
    callback_delay_seconds: float = Field(default=0.0, ge=0)

    inbound_blackout: bool = False
    """Inbound webhooks are not delivered at all: the message stands only in the list."""
    inbound_doubled: Share = Field(default=0.0, ge=0, le=1)
    inbound_delay_seconds: float = Field(default=0.0, ge=0)

    supporters_answer: Share = Field(default=0.0, ge=0, le=1)
    """Share of the phones behind which somebody answers by themselves (`simulator/supporters.py`)."""
    supporters_seconds: float = Field(default=8.0, ge=0)
    """How long they usually take."""

    list_lag_seconds: float = Field(default=0.0, ge=0)
    """A message shows in lists only this long after its creation; fetching it works at once."""
    reencode_listed_bodies: bool = False
    """Fetches and lists show bodies as Smart Encoding changed them, not as they were posted."""


class SimulatorSettings(_Strict):
    """Everything a simulated carrier starts with."""

    accounts: list[AccountSettings]
    behaviour: Behaviour = Field(default_factory=Behaviour)
    seed: int = 0
    """Of the draws behind every share, so that a run can be repeated."""
    callback_concurrency: int = 64
