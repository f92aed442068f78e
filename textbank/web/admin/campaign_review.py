"""A draft's review: what each person would read, whom it reaches, what it costs; and its launch."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank import jobs
from textbank.accounts.members import get_member
from textbank.campaigns import words as wording
from textbank.campaigns.count_models import CampaignPreview
from textbank.campaigns.draft import draft_of, state_basis
from textbank.campaigns.launch import launch, version_of
from textbank.campaigns.people import person_of
from textbank.campaigns.preview import count_preview, is_small, some_people
from textbank.campaigns.queries import get_campaign, lists_of, preview_of
from textbank.campaigns.schedule import is_scheduled_start, schedule
from textbank.campaigns.set_limits import spend_of
from textbank.campaigns.text_oneself import text_oneself
from textbank.campaigns.wordings import wordings_of
from textbank.errors import InvalidInput, TextbankError
from textbank.web.admin.campaign_hours import ahead_of, hours_told
from textbank.web.admin.campaign_start import starts_told
from textbank.web.admin.campaign_words import what_is_seen
from textbank.web.admin.campaigns import STEPS
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")

SHOWING_ENDS = 286
"""The status by which a live part is told that it need not ask again."""


@router.get("/review")
async def review(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """The third step."""
    return await _review(request, work, campaign_id)


@router.get("/review/counts")
async def counts(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """Whom it reaches, as counted last; 286 once that is true for the draft as it is."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    counted = await preview_of(work.session, work.organization_id, campaign_id)
    fresh = counted is not None and counted.of_change >= campaign.changed_at
    return page(
        request,
        "admin/_campaign_counts.html",
        status_code=SHOWING_ENDS if fresh else 200,
        campaign=campaign,
        counted=counted,
        later=openings(counted),
        ahead=ahead_of(counted),
        hours=hours_told(request, campaign),
        fresh=fresh,
        lists=await lists_of(work.session, work.organization_id, campaign_id),
    )


@router.post("/statement")
async def state(
    request: Request,
    work: Annotated[Work, admin],
    campaign_id: int,
    statement: Annotated[str, Form()] = "",
) -> Response:
    """Record why people without a basis may be texted by hand."""
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await state_basis(work.session, work.organization_id, campaign_id, statement, by=by)
    except InvalidInput as error:
        return await _review(request, work, campaign_id, statement=statement, statement_error=error)
    return redirect(request, f"/campaigns/{campaign_id}/review")


@router.post("/test")
async def try_out(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    phone: Annotated[str, Form()] = "",
) -> Response:
    """Text the first person's text to one's own phone."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    await draft_of(work.session, work.organization_id, campaign_id)
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    some = await some_people(work.session, work.organization_id, campaign_id, 1)
    try:
        async with work.attempt():
            await text_oneself(
                work.session,
                work.organization_id,
                campaign_id,
                phone=phone,
                person=person_of(some[0]) if some else wording.Person(),
                texter=member.signs_as if campaign.kind == "p2p" else "",
                by=member.id,
            )
    except TextbankError as error:
        return await _review(request, work, campaign_id, phone=phone, test_error=error)
    notice = gettext_of(request)(
        "The test is on its way. Outside the sending hours at that number it waits for the morning."
    )
    return redirect(request, f"/campaigns/{campaign_id}/review", notice)


@router.post("/launch")
async def start(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    reviewed: Annotated[str, Form()] = "",
) -> Response:
    """Launch what was reviewed, or say plainly why not."""
    by = work.visitor.member_id
    try:
        async with work.attempt():
            later = await is_scheduled_start(work.session, work.organization_id, campaign_id)
            begin = schedule if later else launch
            await begin(work.session, work.organization_id, campaign_id, by=by, reviewed=reviewed)
    except TextbankError as error:
        await draft_of(work.session, work.organization_id, campaign_id)
        return await _review(request, work, campaign_id, launch_error=error)
    _ = gettext_of(request)
    return redirect(request, f"/campaigns/{campaign_id}", _("Scheduled.") if later else _("Launched."))


def openings(counted: CampaignPreview | None) -> list[tuple[datetime, int]]:
    """The first times at which people's sending hours begin, and how many wait for each."""
    return [(datetime.fromisoformat(at), many) for at, many in (counted.later if counted else [])[:5]]


async def _review(
    request: Request,
    work: Work,
    campaign_id: int,
    *,
    phone: str = "",
    statement: str | None = None,
    test_error: TextbankError | None = None,
    launch_error: TextbankError | None = None,
    statement_error: TextbankError | None = None,
) -> HTMLResponse:
    # Under the draft's lock, so that the words, the lists and the version shown belong together.
    await draft_of(work.session, work.organization_id, campaign_id)
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    if await is_small(work.session, work.organization_id, campaign_id):
        await count_preview(work.session, work.organization_id, campaign_id)
    else:
        jobs.ring(work.session, jobs.Job(jobs.CAMPAIGNS))
    counted = await preview_of(work.session, work.organization_id, campaign_id)
    error = test_error or launch_error or statement_error
    _ = gettext_of(request)
    return page(
        request,
        "admin/campaign_review.html",
        status_code=error.status if error else 200,
        counted=counted,
        spend=await spend_of(work.session, work.organization_id, campaign_id),
        reviewed=await version_of(work.session, work.organization_id, campaign_id),
        **starts_told(campaign),
        wordings=await wordings_of(work.session, work.organization_id, campaign_id),
        later=openings(counted),
        ahead=ahead_of(counted),
        hours=hours_told(request, campaign),
        fresh=counted is not None and counted.of_change >= campaign.changed_at,
        lists=await lists_of(work.session, work.organization_id, campaign_id),
        phone=phone,
        statement=campaign.statement if statement is None else statement,
        test_error=told(request, test_error) if test_error else "",
        launch_error=told(request, launch_error) if launch_error else "",
        statement_error=told(request, statement_error) if statement_error else "",
        steps=[_(step) for step in STEPS],
        **await what_is_seen(request, work, campaign, campaign.body),
    )
