"""`POST /webhooks/twilio/inbound`: a text for one of our senders."""

import logging
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from textbank.errors import Unavailable
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import Incoming
from textbank.logs import masked
from textbank.messaging.wait_out_permits import wait_out_permits
from textbank.twilio.webhooks import parse_inbound
from textbank.web.parts import parts_of
from textbank.web.webhooks.signed import signed_form

log = logging.getLogger(__name__)
PATH = "/webhooks/twilio/inbound"

_CLASSES: Final[dict[str, Literal["stop", "help", "start"]]] = {
    "STOP": "stop",
    "HELP": "help",
    "START": "start",
}
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


async def inbound(request: Request) -> Response:
    """Store the text once; answer a STOP only when nothing permitted earlier can leave any more."""
    parts = parts_of(request)
    form, account_sid, signers = await signed_form(request, parts)
    hook = parse_inbound(form)
    at = await parts.directory.sender_of(account_sid, hook.to)
    if at is None and hook.service:  # a number of a pool that we know as a whole
        at = await parts.directory.sender_of(account_sid, hook.service)
    if at is None or at.organization_id not in signers:
        # 503, so that the carrier comes again: the sender may be connected in a moment.
        log.error("a text came in for %s, which is no sender of who signed it", masked(hook.to))
        raise Unavailable("The number that this text was sent to is not connected. Nothing was kept.")
    text = InboundText(
        sid=hook.sid,
        from_=hook.from_,
        to=hook.to,
        body=hook.body,
        media=tuple(media.url for media in hook.media),
        carrier_class=_CLASSES.get(hook.opt_out_type or ""),
    )
    received = await parts.texts.file(Incoming(at, text))
    if received.forbids:
        who, ask = (at.organization_id, received.recipient_id), parts.permit_waits.submit
        await wait_out_permits(parts.database, *who, ask=ask)
    return Response(EMPTY_TWIML, media_type="text/xml")
