"""Do the texts that people send come to us? Read back from the carrier, not believed because it was set."""

from typing import Final

from textbank.accounts.setup_state import Checked
from textbank.language import N_
from textbank.setup.carrier_account import Connected
from textbank.twilio.configure_webhooks import Fault, Pointing, inbound_url, read_webhooks

_SAID: Final[dict[Fault, str]] = {
    "missing": N_("Texts to {address} are brought nowhere, so replies and STOPs would not arrive."),
    "elsewhere": N_("Texts to {address} are brought to {inbound}, not here."),
    "no_retries": N_("Texts to {address} come here, but are not brought again if we are away for a moment."),
    "method": N_("Texts to {address} are brought with GET; Textbank takes them with POST."),
    "fallback": N_("Texts to {address} come here, but there is no second try at the fallback address."),
    "service": N_(
        "The messaging service {service} decides where texts to {address} go, and it brings them to "
        "{inbound}, not here. What is set on the number does not count."
    ),
    "application": N_(
        "The TwiML application {application} decides where texts to {address} go. What is set on the number "
        "does not count."
    ),
}
_MEND: Final = N_("Let Textbank set it: the button “Set the addresses”, or `textbank setup` again.")
_TO_DO: Final[dict[Fault, str]] = {
    "service": N_(
        "If nobody else uses this service, let Textbank set the service's own address; else set “Defer to "
        "sender's webhook” on it in Twilio's console. Then check again."
    ),
    "application": N_("In Twilio's console, take the application off the number. Then check again."),
}


FOREIGN: Final[tuple[Fault, ...]] = ("elsewhere", "service")
"""Somebody else may be using these: they are only changed when a person says so."""


async def check_webhooks(account: Connected, public_url: str) -> Checked:
    """Read where each sender's texts go. Raises Conflict, NotFound or Unavailable."""
    found = await _first_fault(account, public_url)
    if found is not None:
        return _wrong(*found)
    count = len(account.senders)
    return Checked(
        True,
        N_("Twilio brings the texts of {count} senders to {url}, with retries and a fallback.")
        if count != 1
        else N_("Twilio brings the texts of {address} to {url}, with retries and a fallback."),
        values={
            "count": count,
            "address": account.senders[0].address if count else "",
            "url": inbound_url(public_url),
        },
    )


async def find_fault(account: Connected, public_url: str) -> Fault | None:
    """What is wrong first, by its name."""
    found = await _first_fault(account, public_url)
    return found[1] if found is not None else None


async def _first_fault(account: Connected, public_url: str) -> tuple[Pointing, Fault] | None:
    wanted = inbound_url(public_url)
    async with account.api() as api:
        for sender in account.senders:
            if sender.kind == "short_code":
                continue  # its address stands in a list of its own, which the API does not show us
            for pointing in await read_webhooks(api, sender.address):
                fault = pointing.fault(wanted)
                if fault is not None:
                    return pointing, fault
    return None


def _wrong(pointing: Pointing, fault: Fault) -> Checked:
    values = {
        "address": pointing.address,
        "inbound": pointing.inbound or "–",
        "service": pointing.service,
        "application": pointing.application,
    }
    return Checked(False, _SAID[fault], _TO_DO.get(fault, _MEND), values)
