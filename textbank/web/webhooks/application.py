"""The carrier's webhooks, answered in front of everything that pages need.

A blast brings thousands of callbacks a second. What the pages' application does before a route is found and
on the way back (limits of forms, compression, routing, three layers that wait for errors) costs as much as
answering one (decision 0017).
"""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from textbank.web import errors
from textbank.web.webhooks import inbound, status

WEBHOOKS: Final = {status.PATH: status.status, inbound.PATH: inbound.inbound}
"""By path; each is posted to."""


def is_webhook(scope: Scope) -> bool:
    """Whether a request is for one of them."""
    return scope["type"] == "http" and scope["path"] in WEBHOOKS


async def answer_webhook(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer it; `scope["app"]` holds the parts. What nobody expected is left to the server, as a 500."""
    request = Request(scope, receive)
    try:
        if scope["method"] != "POST":
            raise HTTPException(405)
        response: Response = await WEBHOOKS[scope["path"]](request)
    except Exception as error:
        response = await errors.answer_to(request, error)
    await response(scope, receive, send)
