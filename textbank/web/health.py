"""`/healthz`, `/readyz`, and the front page of an installation that has no other pages yet."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from textbank import across
from textbank.web.parts import Parts, parts_of

router = APIRouter()
templates = Jinja2Templates(Path(__file__).parents[2] / "templates")

ALIVE_WITHIN_SECONDS = 30.0
NEEDED_PARTS = ("worker", "schedule")


@router.get("/healthz", include_in_schema=False)
async def healthz() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> JSONResponse:
    """Whether texts can come in and leave: 200, or 503 and what is missing."""
    missing = await _missing(parts_of(request))
    return JSONResponse({"ready": not missing, "missing": missing}, status_code=503 if missing else 200)


@router.get("/", include_in_schema=False)
async def front(request: Request) -> HTMLResponse:
    """What this is and whether it runs."""
    parts = parts_of(request)
    return templates.TemplateResponse(
        request,
        "public/front.html",
        {
            "missing": await _missing(parts),
            "simulated": parts.settings.textbank_mode == "simulated",
            "phones": f"http://127.0.0.1:{parts.settings.textbank_simulator_port}/",
        },
    )


async def _missing(parts: Parts) -> list[str]:
    missing = []
    try:
        beats = await across.heartbeats(parts.database)
        missing += [part for part in NEEDED_PARTS if beats.get(part, 1e9) > ALIVE_WITHIN_SECONDS]
    except (SQLAlchemyError, OSError, TimeoutError):
        missing.append("database")
    try:
        await parts.redis.ping()
    except (RedisError, OSError, TimeoutError):
        missing.append("queue")
    return missing
