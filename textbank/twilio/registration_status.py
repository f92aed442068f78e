"""What Twilio knows of a sender's registration with the carriers.

A local number is registered through the A2P campaign of the messaging service it is in; a toll-free number by
a verification of its own. Of short codes the API tells nothing: they cannot be had without being approved.
"""

from dataclasses import dataclass
from typing import Literal

from textbank.twilio.set_up_api import SetUpApi
from textbank.twilio.verify_account import list_senders

Told = Literal["registered", "pending", "refused", "none", "unknown"]

_CAMPAIGN: dict[str, Told] = {
    "VERIFIED": "registered",
    "PENDING": "pending",
    "IN_PROGRESS": "pending",
    "FAILED": "refused",
    "SUSPENDED": "refused",
}
_VERIFICATION: dict[str, Told] = {
    "TWILIO_APPROVED": "registered",
    "PENDING_REVIEW": "pending",
    "IN_REVIEW": "pending",
    "TWILIO_REJECTED": "refused",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """Where it stands; `word` is Twilio's own, `why` its reason for a refusal."""

    state: Told
    word: str = ""
    why: str = ""


async def registration_of(api: SetUpApi, address: str) -> Registered:
    """Ask for one sender. Raises Conflict or Unavailable where Twilio does not answer."""
    if address.startswith("MG"):
        return await _campaign_of(api, address)
    if not address.startswith("+"):
        return Registered("unknown")
    numbers, _ = await list_senders(api)
    number = next((one for one in numbers if one.address == address), None)
    if number is None:
        return Registered("unknown")
    if number.kind == "toll_free":
        return await _verification_of(api, number.sid)
    return await _campaign_of(api, number.service) if number.service else Registered("none")


async def _campaign_of(api: SetUpApi, service: str) -> Registered:
    page = await api.get(f"{api.messaging}/Services/{service}/Compliance/Usa2p")
    rows = page.get("compliance") or []
    if not rows:
        return Registered("none")
    word = str(rows[0].get("campaign_status") or "")
    wrong = [f"error {one.get('error_code')}" for one in rows[0].get("errors") or []]
    return Registered(_CAMPAIGN.get(word, "pending"), word, ", ".join(wrong))


async def _verification_of(api: SetUpApi, number_sid: str) -> Registered:
    page = await api.get(f"{api.messaging}/Tollfree/Verifications", TollfreePhoneNumberSid=number_sid)
    rows = page.get("verifications") or []
    if not rows:
        return Registered("none")
    word = str(rows[0].get("status") or "")
    return Registered(_VERIFICATION.get(word, "pending"), word, str(rows[0].get("rejection_reason") or ""))
