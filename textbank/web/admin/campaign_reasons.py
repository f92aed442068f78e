"""Why texts failed or were not sent, in words for people who never saw an error code."""

from collections.abc import Mapping

from fastapi import Request

from textbank.language import N_
from textbank.web.language import gettext_of

# https://www.twilio.com/docs/api/errors
_WORDS = {
    "suppressed": N_("opted out before it left"),
    "no_basis": N_("left the list before it left"),
    "stopped": N_("stopped by your team"),
    "expired": N_("too late to be understood"),
    "dead_number": N_("number is out of service"),
    "given_up": N_("unclear whether it left, so it was not repeated"),
    "refused": N_("refused by the carrier"),
    "failed": N_("failed at the carrier"),
    "undelivered": N_("did not reach the phone"),
    "canceled": N_("cancelled at the carrier"),
    "21610": N_("opted out at the carrier"),
    "30003": N_("phone switched off or out of reach"),
    "30004": N_("blocked by the recipient or their carrier"),
    "30005": N_("number is out of service"),
    "30006": N_("landline, or a carrier that takes no texts"),
    "30007": N_("filtered as unwanted by the carrier"),
    "30008": N_("lost at the carrier for an unknown reason"),
    "30034": N_("your number is not registered with the carriers"),
}
_OTHER = N_("carrier's code %(code)s")


def reasons_told(request: Request, reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """(words, how many), most first; reasons that are told alike are one."""
    _ = gettext_of(request)
    counted: dict[str, int] = {}
    for reason, count in reasons.items():
        words = _(_WORDS[reason]) if reason in _WORDS else _(_OTHER, code=reason)
        counted[words] = counted.get(words, 0) + count
    return sorted(counted.items(), key=lambda pair: -pair[1])
