"""Webhooks posted and signed by the test itself: one call, no repeats, with an id of its choosing."""

import uuid

from tests.factories.town import Town
from textbank.simulator.signing import signature


def new_sid() -> str:
    """An id as the carrier makes them."""
    return f"SM{uuid.uuid4().hex}"


async def post_inbound(town: Town, phone: str, body: str, *, sid: str = "", to: str = "") -> int:
    """Tell our webhook once of a text; returns the status it answered with."""
    account = town.simulator.exchange.settings.accounts[0]
    sid = sid or new_sid()
    return await _post(
        town,
        f"{town.settings.textbank_public_url}/webhooks/twilio/inbound",
        {"MessageSid": sid, "From": phone, "To": to or town.number, "Body": body, "NumMedia": "0"},
        account.sid,
        account.auth_token,
    )


async def post_status(town: Town, attempt: int, sid: str, status: str, *, error_code: int = 0) -> int:
    """Tell our webhook once what became of an attempt; returns the status it answered with."""
    account = town.simulator.exchange.settings.accounts[0]
    base = town.settings.textbank_public_url
    fields = {"MessageSid": sid, "MessageStatus": status, "To": "+15105550123"}
    if error_code:
        fields["ErrorCode"] = str(error_code)
    url = f"{base}/webhooks/twilio/status?o={town.organization_id}&m=0&a={attempt}"
    return await _post(town, url, fields, account.sid, account.auth_token)


async def _post(town: Town, url: str, fields: dict[str, str], account_sid: str, token: str) -> int:
    fields = {"AccountSid": account_sid, **fields}
    headers = {"X-Twilio-Signature": signature(token, url, fields)}
    async with town.http.post(url, data=fields, headers=headers) as answer:
        return answer.status
