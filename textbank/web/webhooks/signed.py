"""Read a webhook's form, and refuse it unless the carrier signed it."""

from collections.abc import Mapping

from starlette.requests import Request

from textbank.errors import InvalidInput, NotAllowed
from textbank.twilio.signature import is_valid, parameters
from textbank.web.parts import Parts

MAX_BODY_BYTES = 64 * 1024
Form = Mapping[str, str]


async def signed_form(request: Request, parts: Parts) -> tuple[Form, str, set[int]]:
    """The form's fields, the account it is about, and the organizations whose token it is signed with.

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
    for afresh in (False, True):  # the token may have been changed a moment ago
        tokens = await parts.directory.tokens_of(account_sid, afresh=afresh)
        signers = {one for one, its in tokens.items() if is_valid(url, form, signature, its)}
        if signers:
            return form, account_sid, signers
    raise NotAllowed("This webhook is not signed by a carrier account of ours. Nothing was kept.")


async def _limited_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInput("This webhook is larger than any text can be. Nothing was kept.")
    return body
