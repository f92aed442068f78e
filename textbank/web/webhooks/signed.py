"""Read a webhook's form, and refuse it unless the carrier signed it."""

from collections.abc import Mapping

from fastapi import Request

from textbank.errors import InvalidInput, NotAllowed
from textbank.twilio.signature import is_valid, parameters
from textbank.web.parts import Parts

MAX_BODY_BYTES = 64 * 1024
Form = Mapping[str, str]


async def signed_form(request: Request, parts: Parts) -> tuple[Form, str, frozenset[int]]:
    """The form's fields, the account that signed it, and the organizations that use that account.

    The signature covers the public URL as the carrier was told it, so it is rebuilt from our settings
    and never from the request's `Host`. Raises NotAllowed (403) before anything is read from the fields.
    """
    try:
        form = parameters(await _limited_body(request))
    except ValueError as error:
        raise InvalidInput(
            "This webhook has more fields than any text can have. Nothing was kept."
        ) from error
    account_sid = form.get("AccountSid", "")
    url = parts.settings.textbank_public_url.rstrip("/") + request.url.path
    if request.url.query:
        url += f"?{request.url.query}"
    signature = request.headers.get("X-Twilio-Signature", "")
    tokens, organizations = await parts.directory.tokens_of(account_sid)
    if tokens and not is_valid(url, form, signature, tokens):
        # The token may have been changed a moment ago.
        tokens, organizations = await parts.directory.tokens_of(account_sid, afresh=True)
    if not tokens or not is_valid(url, form, signature, tokens):
        raise NotAllowed("This webhook is not signed by a carrier account of ours. Nothing was kept.")
    return form, account_sid, organizations


async def _limited_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInput("This webhook is larger than any text can be. Nothing was kept.")
    return body
