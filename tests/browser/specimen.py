"""The smallest house around `specimen.html`, which holds every part in every state."""

from datetime import timedelta
from types import SimpleNamespace

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from textbank import clock
from textbank.web import static_files
from textbank.web.templating import page, redirect
from textbank.web.visitor import Visitor

LAYOUTS = {"staff": "admin/_layout.html", "texter": "texter/_layout.html", "public": "public/_layout.html"}
VISITOR = Visitor(
    member_id=1,
    sign_in_id=1,
    name="Ana Hernández",
    role="owner",
    organization_id=1,
    organization_name="Tenants of 4th Street",
    language="en",
    time_zone="America/Los_Angeles",
    csrf_token="a-token",
)


def specimen_app() -> FastAPI:
    """The smallest house around the specimen."""
    app = FastAPI()
    app.state.parts = SimpleNamespace(
        settings=SimpleNamespace(textbank_mode="simulated", textbank_public_url="http://127.0.0.1")
    )
    app.state.posted = []
    app.include_router(static_files.router)

    @app.get("/saved")
    async def saved(request: Request) -> Response:
        return redirect(request, "/staff", "The list <b>Tenants</b> was saved.")

    @app.get("/part")
    async def part() -> HTMLResponse:
        return HTMLResponse("<p>As of now</p>", status_code=286)

    @app.get("/captain/count")
    async def questions_in_the_menu() -> Response:
        return Response(status_code=204)

    @app.get("/refused")
    async def refused() -> HTMLResponse:
        return HTMLResponse("<p>You may not do this. Ask an admin.</p>", status_code=403)

    @app.get("/taken")
    async def taken(request: Request) -> HTMLResponse:
        return HTMLResponse(f"<p>{request.headers['x-csrf-token']}</p>", status_code=422)

    @app.post("/{kind}")
    async def posted(request: Request, kind: str) -> Response:
        app.state.posted.append(kind)
        return redirect(request, f"/{kind}", "Done.")

    @app.get("/{kind}")
    async def specimen(request: Request, kind: str, dialog: bool = False) -> Response:
        if kind != "public":
            request.state.visitor = VISITOR
        return page(
            request,
            "specimen.html",
            layout=LAYOUTS[kind],
            dialog_open=dialog,
            when=clock.now() - timedelta(days=2),
        )

    return app
