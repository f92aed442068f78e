"""The carrier's webhooks, answered in front of everything that pages need.

A blast brings thousands of callbacks a second. What the pages' application does before a route is found
(limits of forms, compression, FastAPI's own routing) costs as much as answering one (decision 0017).
"""

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from textbank.web import errors
from textbank.web.parts import Parts
from textbank.web.webhooks import inbound, status

ROUTES = (
    Route(status.PATH, status.status, methods=["POST"]),
    Route(inbound.PATH, inbound.inbound, methods=["POST"]),
)
_PATHS = frozenset(route.path for route in ROUTES)


class WebhooksFirst:
    """Middleware that hands webhooks to an application of their own, and everything else on."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._pages = app
        self._webhooks = Starlette(routes=ROUTES)
        self._webhooks.state.parts = parts
        errors.register(self._webhooks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide by the path."""
        is_theirs = scope["type"] == "http" and scope["path"] in _PATHS
        await (self._webhooks if is_theirs else self._pages)(scope, receive, send)
