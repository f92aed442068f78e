"""Rehearsing: who of the simulated supporters answers by themselves. Only in a simulated installation."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.errors import InvalidInput, NotFound
from textbank.language import N_
from textbank.messaging.rehearse_hours import rehearse_hours_everywhere, rehearsed_until
from textbank.simulator import remote
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/practice")

SHARES = (0.0, 0.3, 0.8)
"""Nobody, about a third (a good day of a real campaign), most."""
SECONDS = (3.0, 15.0, 60.0)


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """Who answers now, and how quickly."""
    address = _carrier(request)
    now = await remote.behaviour(address)
    return page(
        request,
        "admin/practice.html",
        share=min(SHARES, key=lambda each: abs(each - float(now["supporters_answer"]))),
        seconds=min(SECONDS, key=lambda each: abs(each - float(now["supporters_seconds"]))),
        phones=address,
        day_until=await rehearsed_until(work.session, work.organization_id),
    )


@router.post("")
async def change(
    request: Request,
    work: Annotated[Work, organizer],
    share: Annotated[float, Form()],
    seconds: Annotated[float, Form()],
) -> Response:
    """Let so many answer, about so quickly."""
    address = _carrier(request)
    if share not in SHARES or seconds not in SECONDS:
        raise InvalidInput(N_("Choose one of the offered answers. Nothing was changed."))
    await remote.change_behaviour(address, supporters_answer=share, supporters_seconds=seconds)
    return redirect(request, "/practice", gettext_of(request)("Saved. It counts for texts from now on."))


@router.post("/hours")
async def open_hours(request: Request, work: Annotated[Work, organizer]) -> Response:
    """Pretend for two hours that it is time for texts everywhere."""
    _carrier(request)
    await rehearse_hours_everywhere(work.session, work.organization_id)
    words = gettext_of(request)("For two hours, it is daytime everywhere.")
    return redirect(request, "/practice", words)


def _carrier(request: Request) -> str:
    """The simulated carrier's address. Raises NotFound where texts are real."""
    settings = parts_of(request).settings
    if settings.textbank_mode != "simulated":
        raise NotFound(N_("Practice is only where no text leaves the machine. Run “textbank demo” for it."))
    return settings.twilio_api_url or f"http://127.0.0.1:{settings.textbank_simulator_port}"
