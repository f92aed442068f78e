"""`/healthz` and `/readyz`: for proxies, supervisors and whoever wonders."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from textbank import across
from textbank.web.parts import Parts, parts_of

router = APIRouter()

ALIVE_WITHIN_SECONDS = 30.0
NEEDED_PARTS = ("worker", "schedule")


@router.get("/healthz", include_in_schema=False)
async def healthz() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> JSONResponse:
    """Whether texts can come in and leave: 200, or 503 and what is missing."""
    missing = await missing_parts(parts_of(request))
    return JSONResponse({"ready": not missing, "missing": missing}, status_code=503 if missing else 200)


async def missing_parts(parts: Parts) -> list[str]:
    """What does not run that should: `worker`, `schedule`, `database`, `queue`."""
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
