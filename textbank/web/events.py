"""Hints for screens over server-sent events: "conversation 12", never any data.

One subscription to Valkey serves all streams of this process, and a stream holds no database connection.
Who a stream is for is asked when it starts and every minute; with Valkey away it only says that it lives,
and pages look again by themselves.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from textbank import changes, clock
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, still_signed_in, texter
from textbank.web.visitor import Visitor

router = APIRouter()

LIVES_EVERY_SECONDS: Final = 15.0
ASKS_EVERY_SECONDS: Final = 60.0
GATHERS_SECONDS: Final = 0.1
_NOT_FOR_TEXTERS: Final = (
    "member ",
    "conversation ",
    changes.DELIVERIES,
    changes.SHIFT,
    changes.QUESTIONS,
)


@router.get("/events")
async def events(request: Request, work: Annotated[Work, texter]) -> StreamingResponse:
    """The stream of one browser."""
    return StreamingResponse(
        _stream(request, work.organization_id, work.visitor),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def hears(visitor: Visitor) -> Callable[[str], bool]:
    """Which hints are for this visitor.

    Who sees the inbox hears of every conversation; a texter only that one of their own changed. Otherwise
    each of three hundred texters would ask for their list with every reply that anybody gets.
    """
    own = changes.of_member(visitor.member_id)
    others = ("member ",) if visitor.may("captain") else _NOT_FOR_TEXTERS
    return lambda hint: hint == own or not hint.startswith(others)


async def _stream(request: Request, organization_id: int, visitor: Visitor) -> AsyncIterator[str]:
    hub = parts_of(request).hub
    hints = hub.open(organization_id, hears(visitor))
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
