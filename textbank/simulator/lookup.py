"""Lookup v2: does a number exist, and is it a mobile."""

import phonenumbers

from textbank.simulator.accounts import Account
from textbank.simulator.asgi import Answer, Request, json_answer
from textbank.simulator.create_message import refuse
from textbank.simulator.magic_numbers import MAGIC

_KNOWN_FIELDS = frozenset({"line_type_intelligence", "line_status", "reassigned_number", "validation"})
# About as the three share the country's phones.
_NETWORKS = ("T-Mobile USA, Inc.",) * 4 + ("AT&T Wireless",) * 3 + ("Verizon Wireless",) * 3
_TYPES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "landline",
    phonenumbers.PhoneNumberType.TOLL_FREE: "tollFree",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium",
    phonenumbers.PhoneNumberType.SHARED_COST: "sharedCost",
    phonenumbers.PhoneNumberType.VOIP: "nonFixedVoip",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "uan",
    phonenumbers.PhoneNumberType.VOICEMAIL: "voicemail",
}


def lookup(_account: Account, request: Request, number: str) -> Answer:
    """Answer for `/v2/PhoneNumbers/{number}`. The line type comes only when it is asked for."""
    fields = {name for name in request.query().get("Fields", "").split(",") if name}
    if fields - _KNOWN_FIELDS:
        return refuse(60200)
    try:
        parsed = phonenumbers.parse(number, request.query().get("CountryCode") or None)
    except phonenumbers.NumberParseException:
        return refuse(20404)
    valid = phonenumbers.is_valid_number(parsed)
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    line_type = None
    if "line_type_intelligence" in fields:
        line_type = {
            "carrier_name": _NETWORKS[int(e164[-1])] if e164[-1:].isdigit() else None,
            "error_code": None,
            "mobile_country_code": "310",
            "mobile_network_code": "000",
            "type": _type_of(parsed, e164) if valid else None,
        }
    return json_answer(
        {
            "calling_country_code": str(parsed.country_code),
            "country_code": phonenumbers.region_code_for_number(parsed),
            "phone_number": e164,
            "national_format": phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL),
            "valid": valid,
            "validation_errors": [] if valid else ["INVALID_BUT_POSSIBLE"],
            "caller_name": None,
            "sim_swap": None,
            "call_forwarding": None,
            "line_type_intelligence": line_type,
            "line_status": None,
            "identity_match": None,
            "reassigned_number": None,
            "sms_pumping_risk": None,
            "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{e164}",
        }
    )


def _type_of(parsed: phonenumbers.PhoneNumber, e164: str) -> str:
    magic = MAGIC.get(e164)
    if magic is not None:
        return magic.line_type
    # North America does not tell mobiles from landlines by number: the rest of this wall are mobiles.
    return _TYPES.get(phonenumbers.number_type(parsed), "mobile")
