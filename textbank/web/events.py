"""Hints for screens over server-sent events: "conversation 12", never any data.

One subscription to Valkey serves all streams of this process, and a stream holds no database connection.
Who a stream is for is asked when it starts and every minute; with Valkey away it only says that it lives,
and pages look again by themselves.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from textbank import clock
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, still_signed_in, texter

router = APIRouter()

LIVES_EVERY_SECONDS: Final = 15.0
ASKS_EVERY_SECONDS: Final = 60.0
GATHERS_SECONDS: Final = 0.1


@router.get("/events")
async def events(request: Request, work: Annotated[Work, texter]) -> StreamingResponse:
    """The stream of one browser."""
    return StreamingResponse(
        _stream(request, work.organization_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, organization_id: int) -> AsyncIterator[str]:
    hub = parts_of(request).hub
    hints = hub.open(organization_id)
    asked_at = clock.monotonic()
    try:
        yield "retry: 2000\ndata: hello\n\n"
        while True:
            told: set[str | None] = set()
            with suppress(TimeoutError):
                async with asyncio.timeout(LIVES_EVERY_SECONDS):
                    told.add(await hints.get())
            if told:
                await asyncio.sleep(GATHERS_SECONDS)
                while not hints.empty():
                    told.add(hints.get_nowait())
            if None in told:
                return
            if clock.monotonic() - asked_at > ASKS_EVERY_SECONDS:
                asked_at = clock.monotonic()
                if not await still_signed_in(request):
                    yield "event: over\ndata: signed out\n\n"
                    return
            yield "".join(f"data: {each}\n\n" for each in sorted(filter(None, told))) or ": lives\n\n"
    finally:
        hub.close(organization_id, hints)
