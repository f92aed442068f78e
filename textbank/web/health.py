"""`/healthz` and `/readyz`: for proxies, supervisors and whoever wonders."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from textbank import across
from textbank.setup.address import HEADER, fingerprint
from textbank.web.parts import Parts, parts_of

router = APIRouter()

ALIVE_WITHIN_SECONDS = 30.0
NEEDED_PARTS = ("worker", "schedule")


@router.get("/healthz", include_in_schema=False)
async def healthz(request: Request) -> PlainTextResponse:
    """The process answers, and says which installation it belongs to (`setup/address.py` compares)."""
    return PlainTextResponse("ok\n", headers={HEADER: fingerprint(parts_of(request).settings)})


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> JSONResponse:
    """Whether texts can come in and leave: 200, or 503 and what is missing.

    `held` says why texts wait although everything runs. That is no 503: a proxy that took this process away
    for it would keep the texts out that the hold waits for.
    """
    parts = parts_of(request)
    missing = await missing_parts(parts)
    answer = {"ready": not missing, "missing": missing, "held": await _held(parts)}
    return JSONResponse(answer, status_code=503 if missing else 200)


async def _held(parts: Parts) -> list[str]:
    try:
        copy_of = await across.unsettled_copy(parts.database)
    except (SQLAlchemyError, OSError, TimeoutError):
        return []
    if copy_of is None:
        return []
    return [
        f"restored copy of {copy_of:%Y-%m-%d %H:%M} UTC: nothing leaves until the carrier's list since then "
        "has been read"
    ]


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
