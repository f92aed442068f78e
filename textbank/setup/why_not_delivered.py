"""Why a test text did not arrive, in words; the codes are Twilio's (https://www.twilio.com/docs/api/errors)."""

from typing import Final

from textbank.accounts.setup_state import Checked
from textbank.language import N_
from textbank.setup.first_text import Standing

DELIVERED: Final = ("delivered", "read")
UNDER_WAY: Final = ("waiting", "sending", "accepted", "scheduled", "queued", "sent", "unknown")

_BY_CODE: Final[dict[int, str]] = {
    21211: N_("Twilio says that there is no such phone number. Try another phone."),
    21408: N_(
        "The account may not text to this country. Allow it in Twilio's console, under Geo permissions."
    ),
    21608: N_("A trial account texts only to numbers verified in Twilio's console. Verify it, or upgrade."),
    21610: N_("The phone opted out at the carrier. Text START from it to your number, then try again."),
    21614: N_("This is no mobile phone. Try another one."),
    30003: N_("The phone is off or without a network. Switch it on and try again."),
    30005: N_("The carrier does not know this phone. Try another one."),
    30006: N_("This is a landline, or its carrier cannot be reached. Try a mobile phone."),
    30007: N_(
        "The carrier took the text for spam. A registered number is seldom filtered: see Registration."
    ),
    30032: N_("The carriers block this toll-free number until it is verified: see Settings, Registration."),
    30034: N_("The carriers block this number until it is registered (10DLC): see Settings, Registration."),
}
_OURS: Final[dict[str, str]] = {
    "suppressed": N_("The phone has opted out. Text START from it to your number, then try again."),
    "expired": N_(
        "It could not leave within ten minutes, and was dropped. `textbank doctor` says what holds it."
    ),
    "dead_number": N_("The carrier said earlier that this number is dead. Try another phone."),
}


def why_not_delivered(standing: Standing, phone: str) -> Checked:
    """What to tell of a text that will not arrive, or has not so far."""
    values: dict[str, object] = {
        "phone": phone,
        "status": standing.status,
        "code": standing.error_code or "–",
    }
    if standing.status in UNDER_WAY:
        return Checked(False, _late(standing), _doctor(standing), values, waits=True)
    said = N_(
        "The test to {phone} was not delivered ({status}, error {code}). Everything set up so far is kept."
    )
    known = _BY_CODE.get(standing.error_code or 0) or _OURS.get(standing.status)
    return Checked(
        False,
        said,
        known or N_("Look the number up at https://www.twilio.com/docs/api/errors, then try again."),
        values,
    )


def _late(standing: Standing) -> str:
    if standing.status == "sent":
        return N_("The carrier took the test to {phone}, but has not said that it arrived. Some never do.")
    if standing.held:
        return N_(
            "The test to {phone} waits: webhooks could not reach us for a while, and the carrier's list is "
            "being read first, so that no STOP is missed."
        )
    return N_("The test to {phone} has not left yet ({status}).")


def _doctor(standing: Standing) -> str:
    if standing.status == "sent":
        return N_("If the phone has it, go on; else look into Twilio's log of messages.")
    return N_(
        "See with `textbank doctor` that worker and schedule run and nothing is halted; then try again."
    )
