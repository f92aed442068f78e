"""IncomingPhoneNumbers: what the account owns and where its inbound texts are delivered."""

from textbank.simulator.accounts import Account, Line
from textbank.simulator.asgi import Answer, Request, json_answer
from textbank.simulator.create_message import refuse
from textbank.simulator.exchange import Exchange
from textbank.simulator.records import API_VERSION
from textbank.simulator.validation import is_web_address
from textbank.sms.phone_number import national

_SETTABLE = {"SmsUrl": "sms_url", "SmsFallbackUrl": "sms_fallback_url", "FriendlyName": "label"}
# What a restart brings back; the pace comes from the settings of that start.
_KEPT = {"e164", *_SETTABLE.values()}


def list_numbers(account: Account, request: Request) -> Answer:
    """The account's numbers; a page holds them all. `PhoneNumber` narrows to one."""
    query = request.query()
    wanted = query.get("PhoneNumber")
    name = query.get("FriendlyName")
    rows = [
        _as_twilio(account, line)
        for e164, line in account.lines.items()
        if (not wanted or wanted in e164) and (not name or name == _name(line))
    ]
    base = f"/{API_VERSION}/Accounts/{account.sid}/IncomingPhoneNumbers.json?PageSize=1000&Page=0"
    return json_answer(
        {
            "first_page_uri": base,
            "end": max(len(rows) - 1, 0),
            "previous_page_uri": None,
            "incoming_phone_numbers": rows,
            "uri": base,
            "page_size": 1000,
            "start": 0,
            "next_page_uri": None,
            "page": 0,
        }
    )


async def number_resource(exchange: Exchange, account: Account, request: Request, sid: str) -> Answer:
    """Fetch or update one number."""
    line = next((line for line in account.lines.values() if line.settings.sid == sid), None)
    if line is None:
        return refuse(20404)
    if request.method == "POST":
        for name, value in await request.form():
            attribute = _SETTABLE.get(name)
            if attribute is None:
                continue
            if name.endswith("Url") and value and not is_web_address(value.partition("?")[0]):
                return refuse(20001)
            setattr(line.settings, attribute, value)
        exchange.journal.configured("number", account.sid, line.settings.model_dump(include=_KEPT))
    elif request.method != "GET":
        return refuse(20004)
    return json_answer(_as_twilio(account, line))


def _name(line: Line) -> str:
    return line.settings.label or national(line.settings.e164)


def _as_twilio(account: Account, line: Line) -> dict[str, object]:
    settings = line.settings
    created = "Sat, 21 Nov 2026 00:00:00 +0000"
    return {
        "account_sid": account.sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": API_VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"fax": False, "mms": True, "sms": True, "voice": True},
        "date_created": created,
        "date_updated": created,
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": _name(line),
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": settings.e164,
        "sid": settings.sid,
        "sms_application_sid": settings.sms_application_sid,
        "sms_fallback_method": "POST",
        "sms_fallback_url": settings.sms_fallback_url,
        "sms_method": "POST",
        "sms_url": settings.sms_url,
        "status": "in-use",
        "status_callback": "",
        "status_callback_method": "POST",
        "trunk_sid": None,
        "type": "toll_free" if line.toll_free else "local",
        "uri": f"/{API_VERSION}/Accounts/{account.sid}/IncomingPhoneNumbers/{settings.sid}.json",
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": "",
        "voice_method": "POST",
        "voice_url": "",
    }
