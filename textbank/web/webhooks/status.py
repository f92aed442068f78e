"""`POST /webhooks/twilio/status`: what became of a text. The URL names our attempt."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from textbank.errors import NotAllowed
from textbank.messaging.apply_callbacks import StatusCallback
from textbank.twilio.webhooks import parse_status
from textbank.web.parts import parts_of
from textbank.web.webhooks.signed import signed_form

router = APIRouter()

BIGINT = 2**63 - 1
PATH = "/webhooks/twilio/status"


@router.post(PATH, include_in_schema=False)
async def status(
    request: Request,
    organization: Annotated[int, Query(alias="o", ge=1, le=BIGINT)],
    attempt: Annotated[int, Query(alias="a", ge=1, le=BIGINT)],
) -> Response:
    """Answered after its group commit. An attempt that is not there (any more) is no error."""
    parts = parts_of(request)
    form, account_sid, signers = await signed_form(request, parts)
    if organization not in signers:
        raise NotAllowed("This status is not about a text of that account. Nothing was kept.")
    hook = parse_status(form)
    await parts.callbacks.commit(
        organization, StatusCallback(attempt, hook.sid, hook.status, account_sid, hook.error_code)
    )
    return Response(status_code=204)
