"""What is answered by itself: which flow greets strangers, and what is said out of office hours."""

from datetime import time
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.errors import TextbankError
from textbank.flows.away import LONGEST_WORDS, Office, read_office_hours, set_office_hours
from textbank.flows.draft import greet_strangers
from textbank.flows.offer import flow_for_strangers, published_flows
from textbank.language import N_
from textbank.web.admin.keyset import chosen_id
from textbank.web.admin.me import ZONES
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings/answers")

DAYS = {
    "1": N_("Monday"),
    "2": N_("Tuesday"),
    "3": N_("Wednesday"),
    "4": N_("Thursday"),
    "5": N_("Friday"),
    "6": N_("Saturday"),
    "7": N_("Sunday"),
}
_USUAL = {"days": "12345", "opens": "09:00", "closes": "18:00"}

_Short = Annotated[str, Form(max_length=60)]
_Words = Annotated[str, Form(max_length=2000)]


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """As it is set."""
    return await _page(request, work)


@router.post("/strangers")
async def greet(request: Request, work: Annotated[Work, organizer], flow_id: _Short = "") -> Response:
    """Let a published flow greet whoever writes for the first time; empty: none."""
    o, actor = work.organization_id, work.visitor.actor
    chosen = chosen_id(flow_id)
    now = await flow_for_strangers(work.session, o)
    try:
        async with work.attempt():
            if chosen is not None:
                await greet_strangers(work.session, o, chosen, yes=True, actor=actor)
            elif now is not None:
                await greet_strangers(work.session, o, now, yes=False, actor=actor)
    except TextbankError as error:
        return await _page(request, work, faults={"flow_id": told(request, error)}, status=error.status)
    return redirect(request, "/settings/answers", gettext_of(request)("The changes were saved."))


@router.post("/hours")
async def hours(
    request: Request,
    work: Annotated[Work, organizer],
    zone: _Short = "",
    days: Annotated[list[str] | None, Form()] = None,
    opens: _Short = "",
    closes: _Short = "",
    words_en: _Words = "",
    words_es: _Words = "",
) -> Response:
    """Answer once a day out of these hours."""
    chosen = "".join(sorted({day for day in days or [] if day in DAYS}))
    typed = {"zone": zone, "days": chosen, "opens": opens, "closes": closes}
    typed |= {"words_en": words_en, "words_es": words_es}
    said = {"en": words_en.replace("\0", ""), "es": words_es.replace("\0", "")}
    office = Office(zone, chosen, _time(opens), _time(closes), said)
    try:
        async with work.attempt():
            await set_office_hours(work.session, work.organization_id, office, actor=work.visitor.actor)
    except TextbankError as error:
        faults = {"hours": told(request, error)}
        return await _page(request, work, typed=typed, faults=faults, status=error.status)
    return redirect(request, "/settings/answers", gettext_of(request)("The changes were saved."))


@router.post("/hours/end")
async def end_hours(request: Request, work: Annotated[Work, organizer]) -> Response:
    """No away answer any more."""
    await set_office_hours(work.session, work.organization_id, None, actor=work.visitor.actor)
    return redirect(request, "/settings/answers", gettext_of(request)("Nothing is answered by itself now."))


def _time(typed: str) -> time:
    """Midnight where it is none: such hours have no length, and are refused with a reason."""
    try:
        return time.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        return time()


async def _page(
    request: Request,
    work: Work,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    session, o, say = work.session, work.organization_id, gettext_of(request)
    office = await read_office_hours(session, o)
    shown: dict[str, Any] = {"zone": work.visitor.time_zone, "words_en": "", "words_es": "", **_USUAL}
    if office is not None:
        shown |= {
            "zone": office.zone,
            "days": office.days,
            "opens": f"{office.opens:%H:%M}",
            "closes": f"{office.closes:%H:%M}",
            "words_en": office.words.get("en", ""),
            "words_es": office.words.get("es", ""),
        }
    shown |= typed or {}
    zones = ZONES if shown["zone"] in ZONES else (shown["zone"], *ZONES)
    return page(
        request,
        "admin/answers.html",
        status_code=status,
        flows=await published_flows(session, o),
        stranger_flow=await flow_for_strangers(session, o),
        office=office,
        typed=shown,
        faults={name: (faults or {}).get(name, "") for name in ("flow_id", "hours")},
        days=[(day, say(label)) for day, label in DAYS.items()],
        zones=[(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in zones],
        longest=LONGEST_WORDS,
    )
