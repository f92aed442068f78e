"""The carrier that a demo gets: one account with two long codes, a toll-free number and a service."""

from textbank.simulator.configuration import (
    AccountSettings,
    NumberSettings,
    ServiceSettings,
    SimulatorSettings,
    TollFreeVerification,
    sid_for,
)

DEFAULT_ACCOUNT_SID = sid_for("AC", "textbank simulator account")
DEFAULT_AUTH_TOKEN = sid_for("", "textbank simulator token")
DEFAULT_SERVICE_SID = sid_for("MG", "textbank simulator service")

LONG_CODE = "+14155550100"
SECOND_LONG_CODE = "+12125550142"
TOLL_FREE = "+18445550177"
POOL = ("+13125550120", "+13125550121")

INBOUND_PATH = "/webhooks/twilio/inbound"
# Retry on connection failure, time-out and 5xx: Twilio's own default repeats only failed connections.
RETRY_OVERRIDES = "#rc=3&rp=ct,rt,5xx"


def default_settings(webhook_base_url: str) -> SimulatorSettings:
    """Settings whose inbound webhooks go to `webhook_base_url` (scheme, host and port; no path)."""
    inbound = webhook_base_url.rstrip("/") + INBOUND_PATH + RETRY_OVERRIDES if webhook_base_url else ""
    numbers = [
        _number(LONG_CODE, "San Francisco", 10.0, inbound),
        _number(SECOND_LONG_CODE, "New York", 10.0, inbound),
        _number(TOLL_FREE, "Toll-free", 3.0, inbound, toll_free_verification="TWILIO_APPROVED"),
        _number(POOL[0], "Chicago pool 1", 10.0, inbound),
        _number(POOL[1], "Chicago pool 2", 10.0, inbound),
    ]
    service = ServiceSettings(
        sid=DEFAULT_SERVICE_SID,
        friendly_name="Chicago pool",
        numbers=list(POOL),
        inbound_request_url=inbound,
        fallback_url=inbound,
        campaign_status="VERIFIED",
    )
    account = AccountSettings(
        sid=DEFAULT_ACCOUNT_SID,
        auth_token=DEFAULT_AUTH_TOKEN,
        label="Demo account",
        numbers=numbers,
        services=[service],
    )
    return SimulatorSettings(accounts=[account])


def _number(
    e164: str, label: str, pace: float, inbound: str, toll_free_verification: TollFreeVerification = ""
) -> NumberSettings:
    return NumberSettings(
        e164=e164,
        label=label,
        pace=pace,
        sms_url=inbound,
        sms_fallback_url=inbound,
        toll_free_verification=toll_free_verification,
    )
