"""What a set-up asks of an account besides its numbers: is it active, and what may it text to groups?

The account itself, the A2P campaign of a messaging service, and toll-free verifications, in Twilio's shape.
A test sets what they say by `PATCH /_simulator/accounts/{sid}`.
"""

from typing import Any

from textbank.simulator.accounts import Account, Line, Service
from textbank.simulator.asgi import Answer, Request, json_answer, problem
from textbank.simulator.configuration import sid_for
from textbank.simulator.create_message import refuse
from textbank.simulator.records import API_VERSION

_CREATED = "2026-11-21T00:00:00Z"
NOT_ACTIVE = 20005

_SET_ON_ACCOUNT = ("status", "type", "blocks_unregistered")


def account_resource(account: Account) -> Answer:
    """`GET /2010-04-01/Accounts/{sid}.json`: readable even while the account is suspended."""
    uri = f"/{API_VERSION}/Accounts/{account.sid}"
    return json_answer(
        {
            "sid": account.sid,
            "friendly_name": account.settings.label or account.sid,
            "status": account.settings.status,
            "type": account.settings.type,
            "owner_account_sid": account.sid,
            "date_created": "Sat, 21 Nov 2026 00:00:00 +0000",
            "date_updated": "Sat, 21 Nov 2026 00:00:00 +0000",
            "uri": f"{uri}.json",
            "subresource_uris": {
                "messages": f"{uri}/Messages.json",
                "incoming_phone_numbers": f"{uri}/IncomingPhoneNumbers.json",
            },
        }
    )


def campaigns(account: Account, request: Request, service: Service, path: list[str]) -> Answer:
    """`GET /v1/Services/{sid}/Compliance/Usa2p`: at most one campaign per service."""
    if request.method != "GET" or path != ["Usa2p"]:
        return refuse(20404)
    status = service.settings.campaign_status
    url = f"https://messaging.twilio.com/v1/Services/{service.settings.sid}/Compliance/Usa2p"
    one: dict[str, object] = {
        "sid": sid_for("QE", service.settings.sid),
        "account_sid": account.sid,
        "messaging_service_sid": service.settings.sid,
        "us_app_to_person_usecase": "CHARITY",
        "campaign_status": status,
        "campaign_id": "C0TEST1" if status == "VERIFIED" else None,
        "errors": [{"error_code": 30886, "fields": ["MESSAGE_FLOW"]}] if status == "FAILED" else [],
        "date_created": _CREATED,
        "date_updated": _CREATED,
        "url": f"{url}/{sid_for('QE', service.settings.sid)}",
    }
    return json_answer(_listed("compliance", [one] if status else [], url))


def toll_free_verifications(account: Account, request: Request) -> Answer:
    """`GET /v1/Tollfree/Verifications?TollfreePhoneNumberSid=…`."""
    if request.method != "GET":
        return refuse(20004)
    wanted = request.query().get("TollfreePhoneNumberSid")
    rows = [
        _verification(account, line)
        for line in account.lines.values()
        if line.settings.toll_free_verification and wanted in (None, line.settings.sid)
    ]
    return json_answer(
        _listed("verifications", rows, "https://messaging.twilio.com/v1/Tollfree/Verifications")
    )


def change(account: Account, changes: dict[str, Any]) -> Answer | None:
    """Take out of `changes` and set what is registered; an answer where a value cannot be."""
    campaign_states = changes.pop("campaign_status", {})
    verifications = changes.pop("toll_free_verification", {})
    unknown = [sid for sid in campaign_states if sid not in account.services]
    unknown += [number for number in verifications if number not in account.lines]
    if unknown:
        return problem(422, f"Nothing was changed: there is no {unknown[0]}.")
    for sid, state in campaign_states.items():
        account.services[sid].settings.campaign_status = state
    for number, state in verifications.items():
        account.lines[number].settings.toll_free_verification = state
    for name in _SET_ON_ACCOUNT:
        if name in changes:
            setattr(account.settings, name, changes.pop(name))
    return None


def _verification(account: Account, line: Line) -> dict[str, object]:
    state = line.settings.toll_free_verification
    rejected = state == "TWILIO_REJECTED"
    return {
        "sid": sid_for("HH", line.settings.e164),
        "account_sid": account.sid,
        "tollfree_phone_number_sid": line.settings.sid,
        "tollfree_phone_number": line.settings.e164,
        "status": state,
        "rejection_reason": "Opt-in workflow is not described" if rejected else None,
        "error_code": 30445 if rejected else None,
        "date_created": _CREATED,
        "date_updated": _CREATED,
    }


def _listed(key: str, rows: list[dict[str, object]], url: str) -> dict[str, object]:
    meta = {
        "page": 0,
        "page_size": 50,
        "first_page_url": f"{url}?PageSize=50&Page=0",
        "previous_page_url": None,
        "url": f"{url}?PageSize=50&Page=0",
        "next_page_url": None,
        "key": key,
    }
    return {"meta": meta, key: rows}
