"""A draft's hours: whether it sells anything, until when it goes, and what an admin lifts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel.dates import format_time
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.campaigns.count_models import CampaignPreview
from textbank.campaigns.draft import draft_of
from textbank.campaigns.queries import get_campaign
from textbank.campaigns.set_hours import default_hours, end_at, lift_hours, state_selling
from textbank.errors import InvalidInput, TextbankError
from textbank.language import N_
from textbank.messaging.hours import DEFAULT_HOURS, FEDERAL_HOURS, Span
from textbank.web.errors import told
from textbank.web.language import LOCALES, gettext_of, language_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}/hours")


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign's hours as a page says them."""

    opens: str
    closes: str
    sunday: str
    """When Sundays begin, where they begin at another hour."""
    lifted: bool
    ends: datetime | None
    """The last moment; with `at_place` it is a wall clock's, written as UTC."""
    at_place: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long a blast takes."""

    last_at: datetime
    texts: int
    days: int
    a_day: int
    is_slow: bool
    """Whether it is the pace that takes days, and not only a night."""


def hours_told(request: Request, campaign: Any) -> Told:
    """What the pages say of a campaign's hours."""
    lifted = campaign.hours_open is not None
    first = (campaign.hours_open, campaign.hours_close) if lifted else DEFAULT_HOURS.days[0]
    sunday = None if lifted else DEFAULT_HOURS.days[6]
    opens, closes = first or (time(), time())
    at_place = campaign.ends_at_place is not None
    return Told(
        _clock(request, opens),
        _clock(request, closes),
        _clock(request, sunday[0]) if sunday else "",
        lifted,
        campaign.ends_at_place.replace(tzinfo=UTC) if at_place else campaign.ends_at,
        at_place,
    )


def ahead_of(counted: CampaignPreview | None) -> Ahead | None:
    """When the last text leaves, and how many a day that makes."""
    if counted is None or counted.last_at is None:
        return None
    texts = counted.reached - counted.never
    days = ceil((counted.last_at - counted.computed_at) / timedelta(days=1))
    opens = max((datetime.fromisoformat(at) for at, _ in counted.later), default=counted.computed_at)
    is_slow = counted.last_at - opens > timedelta(hours=14)
    return Ahead(counted.last_at, texts, days, round(texts / max(1, days)), is_slow)


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """Everything about a draft's hours."""
    await draft_of(work.session, work.organization_id, campaign_id)
    return await _hours(request, work, campaign_id)


@router.post("")
async def keep(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    sells: Annotated[str, Form()] = "no",
    ends: Annotated[str, Form()] = "never",
    ends_on: Annotated[str, Form()] = "",
) -> Response:
    """Keep whether it sells, and its last moment."""
    by = work.visitor.member_id
    await draft_of(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            moment = None if ends == "never" else _moment(ends_on, "" if ends == "place" else _zone(work))
            await state_selling(work.session, work.organization_id, campaign_id, sells=sells == "yes", by=by)
            await end_at(work.session, work.organization_id, campaign_id, moment, by=by)
    except TextbankError as error:
        typed = {"sells": sells, "ends": ends, "ends_on": ends_on}
        return await _hours(request, work, campaign_id, typed=typed, ends_error=error)
    return redirect(request, f"/campaigns/{campaign_id}/review")


@router.post("/lift")
async def lift(
    request: Request,
    work: Annotated[Work, admin],
    campaign_id: int,
    opens: Annotated[str, Form()] = "",
    closes: Annotated[str, Form()] = "",
    because: Annotated[str, Form()] = "",
) -> Response:
    """Set other hours than the default ones, with the reason."""
    try:
        async with work.attempt():
            await lift_hours(
                work.session,
                work.organization_id,
                campaign_id,
                opens=_time(opens),
                closes=_time(closes),
                because=because,
                by=work.visitor.member_id,
            )
    except TextbankError as error:
        await draft_of(work.session, work.organization_id, campaign_id)
        typed = {"opens": opens, "closes": closes, "because": because}
        return await _hours(request, work, campaign_id, typed=typed, lift_error=error)
    return redirect(request, f"/campaigns/{campaign_id}/review", gettext_of(request)("Other hours are set."))


@router.post("/default")
async def take_back(request: Request, work: Annotated[Work, admin], campaign_id: int) -> Response:
    """The default hours again."""
    by = work.visitor.member_id
    await default_hours(work.session, work.organization_id, campaign_id, by=by)
    return redirect(
        request, f"/campaigns/{campaign_id}/review", gettext_of(request)("The usual hours count again.")
    )


async def _hours(
    request: Request,
    work: Work,
    campaign_id: int,
    *,
    typed: dict[str, str] | None = None,
    ends_error: TextbankError | None = None,
    lift_error: TextbankError | None = None,
) -> HTMLResponse:
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    error = ends_error or lift_error
    return page(
        request,
        "admin/campaign_hours.html",
        status_code=error.status if error else 200,
        campaign=campaign,
        hours=hours_told(request, campaign),
        form=_kept(campaign, _zone(work)) | (typed or {}),
        ends_error=told(request, ends_error) if ends_error else "",
        lift_error=told(request, lift_error) if lift_error else "",
        widest=[_clock(request, at) for at in FEDERAL_HOURS.days[0] or ()],
    )


def _kept(campaign: Any, zone: str) -> dict[str, str]:
    """The forms' values as they are kept."""
    ends, when = "never", None
    if campaign.ends_at_place is not None:
        ends, when = "place", campaign.ends_at_place
    elif campaign.ends_at is not None:
        ends, when = "mine", campaign.ends_at.astimezone(ZoneInfo(zone))
    lifted: Span | None = FEDERAL_HOURS.days[0]
    if campaign.hours_open is not None:
        lifted = campaign.hours_open, campaign.hours_close
    opens, closes = lifted or (time(), time())
    return {
        "sells": "yes" if campaign.sells else "no",
        "ends": ends,
        "ends_on": f"{when:%Y-%m-%dT%H:%M}" if when else "",
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}",
        "because": campaign.hours_because,
    }


def _moment(written: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInput(N_("Say on which day and at what time it ends. Nothing was changed.")) from None
    moment = moment.replace(tzinfo=None)
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if zone else moment


def _time(written: str) -> time:
    try:
        return time.fromisoformat(written.strip()).replace(tzinfo=None)
    except ValueError:
        raise InvalidInput(
            N_("Hours are from 8:00 to 21:00 at most, and begin before they end. Nothing was changed.")
        ) from None


def _zone(work: Work) -> str:
    return work.visitor.time_zone or "UTC"


def _clock(request: Request, at: time) -> str:
    return format_time(at, format="short", locale=LOCALES[language_of(request)])
