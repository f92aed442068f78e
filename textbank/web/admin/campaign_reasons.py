"""Why texts failed or were not sent: in words, with the carrier's number for whoever asks the carrier."""

from collections.abc import Mapping

from fastapi import Request

from textbank.campaigns.watch_numbers import REASON as FAILS_MORE
from textbank.language import N_
from textbank.sms.carrier_errors import ErrorClass
from textbank.twilio.error_codes import classify_error
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
    "21408": N_("your number may not text that country"),
    "21614": N_("landline, or a carrier that takes no texts"),
    "21635": N_("landline, or a carrier that takes no texts"),
    "30032": N_("your number is not registered with the carriers"),
    "30036": N_("too late: it had waited too long at the carrier"),
}
# For the numbers that have no words of their own: what kind of error the carrier's table says it is.
_KINDS = {
    ErrorClass.HALT_ACCOUNT: N_("your account with the carrier may not send just now"),
    ErrorClass.HALT_SENDER: N_("your number could not send: its set-up at the carrier is wrong"),
    ErrorClass.SUPPRESS: N_("opted out at the carrier"),
    ErrorClass.SUPPRESS_ON_REPEAT: N_("blocked by the recipient or their carrier"),
    ErrorClass.DEAD_NUMBER: N_("number is out of service"),
    ErrorClass.DEAD_ON_REPEAT: N_("number is out of service"),
    ErrorClass.SLOW_DOWN: N_("too much at once for the carrier"),
    ErrorClass.REST_SENDER: N_("your number could not send just then"),
    ErrorClass.DAY_FULL: N_("the carrier takes no more from you today"),
    ErrorClass.DAY_MOSTLY_USED: N_("too much at once for the carrier"),
    ErrorClass.DAY_HALF_USED: N_("too much at once for the carrier"),
    ErrorClass.FILTERED: N_("filtered as unwanted by the carrier"),
    ErrorClass.RETRY_ONCE: N_("phone switched off or out of reach"),
    ErrorClass.CONTENT: N_("the carrier refused the words"),
    ErrorClass.ROUTE: N_("your number cannot reach that number"),
    ErrorClass.LEGAL: N_("stopped by the carrier for a rule of law"),
    ErrorClass.REGISTRATION: N_("your registration with the carriers lacks something"),
    ErrorClass.AMBIGUOUS: N_("unclear whether it left, so it was not repeated"),
}
_ANY = N_("failed at the carrier")


def reasons_told(request: Request, reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    """(words, how many), most first; reasons that are told alike are one."""
    _ = gettext_of(request)
    counted: dict[str, int] = {}
    codes: dict[str, list[str]] = {}
    for reason, count in sorted(reasons.items()):
        words = _(_words_for(reason))
        counted[words] = counted.get(words, 0) + count
        if reason.isdigit():
            codes.setdefault(words, []).append(reason)
    told = [
        (_("%(words)s (carrier's code %(code)s)", words=words, code=", ".join(codes[words])), many)
        if words in codes
        else (words, many)
        for words, many in counted.items()
    ]
    return sorted(told, key=lambda pair: -pair[1])


def _words_for(reason: str) -> str:
    if reason in _WORDS:
        return _WORDS[reason]
    return _KINDS.get(classify_error(int(reason)), _ANY) if reason.isdigit() else _ANY


def rest_told(request: Request, reason: str | None) -> str:
    """Why a number rests: "carrier error 21606" as words, anything else as it was written down."""
    if reason == FAILS_MORE:
        return gettext_of(request)(
            "Far more of its texts failed than of your other numbers’ texts. Ask the carrier about it first."
        )
    code = (reason or "").removeprefix("carrier error ")
    if not code.isdigit():
        return reason or ""
    _ = gettext_of(request)
    return _("%(words)s (carrier's code %(code)s)", words=_(_words_for(code)), code=code)
