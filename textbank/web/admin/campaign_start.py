"""How a campaign begins: with how many people, and when; and taking it back, and letting the rest go."""

from datetime import UTC, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.dates import format_time
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.campaigns.draft import draft_of
from textbank.campaigns.first_part import let_rest_go, set_first_part
from textbank.campaigns.queries import get_campaign
from textbank.campaigns.schedule import start_at, take_back
from textbank.errors import InvalidInput, TextbankError
from textbank.language import N_
from textbank.messaging.hours import DEFAULT_HOURS
from textbank.web.errors import told
from textbank.web.language import LOCALES, gettext_of, language_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("/start")
async def show(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """Everything about a draft's beginning."""
    await draft_of(work.session, work.organization_id, campaign_id)
    return await _start(request, work, campaign_id)


@router.post("/start")
async def keep(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    first: Annotated[str, Form()] = "all",
    people: Annotated[str, Form()] = "",
    percent: Annotated[str, Form()] = "",
    starts: Annotated[str, Form()] = "now",
    starts_on: Annotated[str, Form()] = "",
) -> Response:
    """Keep with how many people it begins, and when."""
    by = work.visitor.member_id
    await draft_of(work.session, work.organization_id, campaign_id)
    typed = {"first": first, "people": people, "percent": percent, "starts": starts, "starts_on": starts_on}
    about = ""
    try:
        async with work.attempt():
            about = "first"
            part = None if first == "all" else _whole(percent if first == "percent" else people)
            kind = "percent" if first == "percent" else "people"
            await set_first_part(work.session, work.organization_id, campaign_id, part, kind=kind, by=by)
            about = "starts"
            moment = None if starts == "now" else _moment(starts_on, "" if starts == "place" else _zone(work))
            await start_at(work.session, work.organization_id, campaign_id, moment, by=by)
    except TextbankError as error:
        return await _start(request, work, campaign_id, typed=typed, about=about, error=error)
    return redirect(request, f"/campaigns/{campaign_id}/review")


@router.post("/unschedule")
async def unschedule(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """Make a draft again of what has not begun."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await take_back(work.session, work.organization_id, campaign_id, by=work.visitor.member_id)
    notice = gettext_of(request)("It is a draft again, and does not begin by itself.")
    return redirect(request, f"/campaigns/{campaign_id}/review", notice)


@router.post("/rest")
async def rest(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """Text everybody else, too."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await let_rest_go(work.session, work.organization_id, campaign_id, by=work.visitor.member_id)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("It goes on with the rest."))


async def _start(
    request: Request,
    work: Work,
    campaign_id: int,
    *,
    typed: dict[str, str] | None = None,
    about: str = "",
    error: TextbankError | None = None,
) -> HTMLResponse:
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    opens, closes = DEFAULT_HOURS.days[0] or (time(), time())
    if campaign.hours_open is not None:
        opens, closes = campaign.hours_open, campaign.hours_close
    words = told(request, error) if error else ""
    return page(
        request,
        "admin/campaign_start.html",
        status_code=error.status if error else 200,
        campaign=campaign,
        form=_kept(campaign, _zone(work)) | (typed or {}),
        opens=_clock(request, opens),
        closes=_clock(request, closes),
        first_error=words if about == "first" else "",
        starts_error=words if about == "starts" else "",
    )


def _kept(campaign: Any, zone: str) -> dict[str, str]:
    """The form's values as they are kept."""
    starts, when = "now", None
    if campaign.starts_at_place is not None:
        starts, when = "place", campaign.starts_at_place
    elif campaign.starts_at is not None:
        starts, when = "mine", campaign.starts_at.astimezone(ZoneInfo(zone))
    part = "" if campaign.first_part is None else str(campaign.first_part)
    is_share = campaign.first_part_kind == "percent"
    return {
        "first": campaign.first_part_kind if part else "all",
        "people": part if not is_share else "200",
        "percent": part if part and is_share else "5",
        "starts": starts,
        "starts_on": f"{when:%Y-%m-%dT%H:%M}" if when else "",
    } | ({"people": "200"} if not part else {})


def starts_told(campaign: Any) -> dict[str, Any]:
    """When a campaign begins, and whether that is the clock at each place, which is written as UTC."""
    if campaign.starts_at_place is not None:
        return {"starts_at": campaign.starts_at_place.replace(tzinfo=UTC), "starts_at_place": True}
    return {"starts_at": campaign.starts_at, "starts_at_place": False}


def _whole(written: str) -> int:
    try:
        return int(written.strip().replace(",", ""))
    except ValueError:
        raise InvalidInput(
            N_("Say how many get it first: from 1 to 100,000 people, or from 1 to 99 of a hundred.")
        ) from None


def _moment(written: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInput(N_("Say on which day and at what time it begins. Nothing was changed.")) from None
    moment = moment.replace(tzinfo=None)
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if zone else moment


def _zone(work: Work) -> str:
    return work.visitor.time_zone or "UTC"


def _clock(request: Request, at: time) -> str:
    return format_time(at, format="short", locale=LOCALES[language_of(request)])
