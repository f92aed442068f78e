"""Is this account right, and what can it text from?"""

from dataclasses import dataclass

from textbank.twilio.set_up_api import SetUpApi, not_active

_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


@dataclass(frozen=True, slots=True)
class AccountFound:
    """An account that may be used."""

    sid: str
    name: str
    trial: bool
    """It texts only to numbers that were verified in the console, and puts words of its own in front."""


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number of the account that can text."""

    sid: str
    address: str
    kind: str
    name: str
    service: str = ""
    """The messaging service whose pool it is in, or nothing."""


@dataclass(frozen=True, slots=True)
class OwnService:
    """A messaging service with its pool."""

    sid: str
    name: str
    numbers: tuple[str, ...]

    @property
    def address(self) -> str:
        """What it is connected by."""
        return self.sid

    @property
    def kind(self) -> str:
        """As a sender."""
        return "messaging_service"


async def verify_account(api: SetUpApi) -> AccountFound:
    """Raises Conflict for a wrong token or an account that is not active, Unavailable for no answer."""
    found = await api.get(f"{api.account}.json")
    if found.get("status") != "active":
        raise not_active()
    name, trial = str(found.get("friendly_name") or ""), found.get("type") == "Trial"
    return AccountFound(api.account_sid, name, trial)


async def list_senders(api: SetUpApi) -> tuple[list[OwnNumber], list[OwnService]]:
    """The account's numbers that can text, and its messaging services that have any."""
    services = [
        OwnService(one["sid"], one.get("friendly_name") or one["sid"], await _pool(api, one["sid"]))
        for one in await api.all_of(f"{api.messaging}/Services", "services")
    ]
    of_number = {number: service.sid for service in services for number in service.numbers}
    numbers = [
        OwnNumber(
            one["sid"],
            one["phone_number"],
            kind_of(one["phone_number"]),
            one.get("friendly_name") or "",
            of_number.get(one["phone_number"], ""),
        )
        for one in await api.all_of(f"{api.account}/IncomingPhoneNumbers.json", "incoming_phone_numbers")
        if one.get("capabilities", {}).get("sms")
    ]
    return numbers, [service for service in services if service.numbers]


def kind_of(address: str) -> str:
    """What kind of sender an address is."""
    if address.startswith("MG"):
        return "messaging_service"
    if not address.startswith("+"):
        return "short_code"
    return "toll_free" if address.startswith(_TOLL_FREE) else "long_code"


async def _pool(api: SetUpApi, service: str) -> tuple[str, ...]:
    rows = await api.all_of(f"{api.messaging}/Services/{service}/PhoneNumbers", "phone_numbers")
    return tuple(str(one["phone_number"]) for one in rows)
