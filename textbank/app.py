"""The web application: routers by audience, around one set of parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from textbank.settings import Settings, get_settings
from textbank.web import errors, events, health, here, static_files
from textbank.web.admin import (
    campaign_pages,
    campaign_texters,
    captain,
    home,
    inbox,
    inbox_conversation,
    inbox_new,
    ledger,
    links,
    me,
    money,
    people_pages,
    practice,
    registration,
    senders,
    settings,
    setup,
    team,
    teams,
    texters,
    texting_settings,
)
from textbank.web.parts import Parts
from textbank.web.public import about, come_back, join_team, manifest, preferences, sign_in, sign_up
from textbank.web.texter import (
    conversation_acts,
    conversations,
    mine,
    on_the_device,
    pictures,
    sharing,
    texting,
    told,
)
from textbank.web.texter import practice as practice_texts
from textbank.web.webhooks.application import answer_webhook, is_webhook

# They are looked through in this order: what three hundred texters ask for comes first.
ROUTERS = (
    conversations.router,  # before texting: /texting/conversations is no campaign
    conversation_acts.router,
    sharing.router,
    pictures.router,
    here.router,
    mine.router,
    practice_texts.router,  # before texting: /texting/practice is no campaign
    on_the_device.router,  # before texting as well: /texting/shell is none
    texting.router,
    health.router,
    static_files.router,
    sign_in.router,
    join_team.router,
    come_back.router,
    sign_up.router,
    about.router,
    manifest.router,
    preferences.router,
    home.router,
    me.router,
    told.router,
    *people_pages.ROUTERS,
    *campaign_pages.ROUTERS,
    campaign_texters.router,
    team.router,
    settings.router,
    texting_settings.router,
    texters.router,
    captain.router,
    links.router,
    teams.router,
    ledger.router,
    money.router,
    senders.router,
    setup.router,
    registration.router,
    practice.router,
    events.router,
    inbox.router,
    inbox_new.router,
    inbox_conversation.router,
)

MOST_BYTES_SENT = 256_000
"""Of a form, before anybody is known: ours are far shorter. An import has its own limit."""

PAGES = APIRouter(max_body_size=MOST_BYTES_SENT)
"""All of them, whatever the settings: FastAPI works a route out once, however many applications show it."""

for _router in ROUTERS:
    # Pages are no API; what is one will say so itself.
    PAGES.include_router(_router, include_in_schema=False)


class Application(FastAPI):
    """Pages, and in front of them the carrier's webhooks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide by the path."""
        if is_webhook(scope):
            await answer_webhook({**scope, "app": self}, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(given: Settings | None = None) -> FastAPI:
    """Build the application; its parts come up with the server's lifespan."""
    parts = Parts(given or get_settings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts.running():
            yield

    app = Application(
        title="Textbank",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        max_body_size=MOST_BYTES_SENT,
        routes=PAGES.routes,
    )
    app.state.parts = parts
    # Leaves event streams and what is compressed already alone; no larger answer goes to a carrier.
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    errors.register(app)
    return app
