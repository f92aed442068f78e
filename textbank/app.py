"""The web application: routers by audience, around one set of parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from textbank.settings import Settings, get_settings
from textbank.web import errors, health
from textbank.web.parts import Parts
from textbank.web.webhooks import inbound, status


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application; its parts come up with the server's lifespan."""
    parts = Parts(settings or get_settings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with parts.running():
            yield

    app = FastAPI(
        title="Textbank",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.parts = parts
    errors.register(app)
    app.include_router(health.router)
    app.include_router(inbound.router)
    app.include_router(status.router)
    return app
