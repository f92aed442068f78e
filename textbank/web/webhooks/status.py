"""`POST /webhooks/twilio/status`: what became of a text. The URL names our attempt."""

from starlette.requests import Request
from starlette.responses import Response

from textbank.errors import InvalidInput, NotAllowed
from textbank.messaging.apply_callbacks import StatusCallback
from textbank.twilio.webhooks import parse_status
from textbank.web.parts import parts_of
from textbank.web.webhooks.signed import signed_form

_DIGITS = 18
"""Of PostgreSQL's largest bigint there are 19; no id of ours has as many."""
PATH = "/webhooks/twilio/status"


async def status(request: Request) -> Response:
    """Answered after its group commit. An attempt that is not there (any more) is no error."""
    organization, attempt = _id(request, "o"), _id(request, "a")
    parts = parts_of(request)
    form, account_sid, signers = await signed_form(request, parts)
    if organization not in signers:
        raise NotAllowed("This status is not about a text of that account. Nothing was kept.")
    hook = parse_status(form)
    await parts.callbacks.submit(
        organization, StatusCallback(attempt, hook.sid, hook.status, account_sid, hook.error_code)
    )
    return Response(status_code=204)


def _id(request: Request, name: str) -> int:
    given = request.query_params.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > _DIGITS or not int(given):
        raise InvalidInput("The address of this status names no text of ours. Nothing was kept.")
    return int(given)
