"""`POST /webhooks/twilio/inbound`: a text for one of our senders."""

import logging

from fastapi import APIRouter, Request, Response

from textbank.errors import NotFound
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import receive
from textbank.logs import masked
from textbank.messaging.wait_out_permits import wait_out_permits
from textbank.twilio.webhooks import parse_inbound
from textbank.web.parts import parts_of
from textbank.web.webhooks.signed import signed_form

log = logging.getLogger(__name__)
router = APIRouter()

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@router.post("/webhooks/twilio/inbound", include_in_schema=False)
async def inbound(request: Request) -> Response:
    """Store the text once; answer a STOP only when nothing permitted earlier can leave any more."""
    parts = parts_of(request)
    form, account_sid, _ = await signed_form(request, parts)
    hook = parse_inbound(form)
    at = await parts.directory.sender_of(account_sid, hook.to)
    if at is None:
        log.error("a text came in for %s, which is nobody's sender", masked(hook.to))
        raise NotFound("The number that this text was sent to belongs to no organization. Nothing was kept.")
    text = InboundText(
        sid=hook.sid,
        from_=hook.from_,
        to=hook.to,
        body=hook.body,
        media=tuple(media.url for media in hook.media),
        carrier_answered=hook.opt_out_type is not None,
    )
    received = await receive(parts.database, at, text)
    if received.forbids:
        await wait_out_permits(parts.database, at.organization_id, received.recipient_id)
    return Response(EMPTY_TWIML, media_type="text/xml")
