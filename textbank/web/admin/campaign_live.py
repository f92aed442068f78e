"""A launched campaign: how far it is, and pause, change, go on, stop."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.invites import make_invite
from textbank.accounts.members import get_member
from textbank.campaigns.edit_words import edit_words
from textbank.campaigns.pause import pause, resume
from textbank.campaigns.queries import get_campaign, lists_of, next_opening, preview_of, progress_of
from textbank.campaigns.read_results import COUNTED_TO, read_results
from textbank.campaigns.set_limits import spend_of
from textbank.campaigns.stop_the_rest import stop_the_rest
from textbank.campaigns.text_again import text_again
from textbank.campaigns.watch import watched
from textbank.campaigns.watch_numbers import numbers_of
from textbank.campaigns.wordings import results_of
from textbank.errors import Conflict, TextbankError
from textbank.language import N_
from textbank.web.admin.campaign_reasons import reasons_told
from textbank.web.admin.campaign_start import starts_told
from textbank.web.admin.links import secret_of
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """A draft goes on where it was left; anything else shows how far it is."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    if campaign.state == "draft":
        step = "review" if campaign.body else "words"
        return redirect(request, f"/campaigns/{campaign_id}/{step}")
    if campaign.state == "scheduled":
        return await _scheduled(request, work, campaign)
    return await _live(request, work, campaign)


@router.get("/live")
async def live(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """The counters alone, asked for every two seconds: two rows, whatever the audience."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    return page(request, "admin/_campaign_live.html", **await _counters(request, work, campaign))


@router.get("/said")
async def said(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """One sentence for those who listen, in steps of a tenth, so that it speaks rarely."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    return page(request, "admin/_campaign_said.html", **await _counters(request, work, campaign))


@router.get("/results")
async def results(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """How many gave which answer."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    return page(request, "admin/_campaign_results.html", **await _results(work, campaign_id))


@router.post("/pause")
async def hold(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """Nothing more leaves until somebody lets it."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await pause(work.session, work.organization_id, campaign_id, by=work.visitor.member_id)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("Paused. Nothing more leaves."))


@router.post("/resume")
async def go_on(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    because: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Let it go on; for a reason, where it paused by itself."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            await resume(
                work.session, work.organization_id, campaign_id, by=work.visitor.member_id, because=because
            )
    except TextbankError as error:
        return await _again(request, work, campaign_id, error, because=because)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("It goes on."))


@router.post("/stop")
async def stop(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """End it; what has not left never leaves."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await stop_the_rest(work.session, work.organization_id, campaign_id, by=work.visitor.member_id)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("The rest was stopped."))


@router.post("/again")
async def again(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """Make a draft for whom it did not reach."""
    original = await get_campaign(work.session, work.organization_id, campaign_id)
    name = gettext_of(request)("%(name)s, once more", name=original.name[:60])
    draft = await text_again(
        work.session, work.organization_id, campaign_id, name=name, by=work.visitor.member_id
    )
    return redirect(request, f"/campaigns/{draft}/review")


@router.post("/edit")
async def edit(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    body: Annotated[str, Form()] = "",
    instead_of: Annotated[int, Form()] = 0,
) -> Response:
    """New words for what has not left, while it is paused."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            await edit_words(
                work.session,
                work.organization_id,
                campaign_id,
                body,
                by=work.visitor.member_id,
                instead_of=instead_of,
            )
    except TextbankError as error:
        return await _again(request, work, campaign_id, error, body=body)
    notice = gettext_of(request)("The new words are in. Texts that had left keep the old ones.")
    return redirect(request, f"/campaigns/{campaign_id}", notice)


@router.post("/invite")
async def invite(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    head_count: Annotated[int, Form()] = 20,
    days: Annotated[int, Form()] = 3,
) -> HTMLResponse:
    """Make a link by which texters join this campaign, and show it this once."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    if campaign.state == "draft":
        raise Conflict(N_("This is a draft: launch it first, then invite texters. No link was made."))
    if campaign.kind != "p2p" or campaign.state not in ("running", "paused"):
        raise Conflict(
            N_("Nobody can text on this campaign, so there is nobody to invite. No link was made.")
        )
    try:
        async with work.attempt():
            link = await make_invite(
                work.session,
                work.organization_id,
                by=by,
                role="texter",
                head_count=head_count,
                days=days,
                campaign_id=campaign_id,
                secret=secret_of(request),
            )
    except TextbankError as error:
        return await _again(request, work, campaign_id, error)
    address = parts_of(request).settings.textbank_public_url.rstrip("/")
    return await _live(request, work, campaign, link=f"{address}/join/{link}", status=201)


async def _scheduled(request: Request, work: Work, campaign: Any) -> HTMLResponse:
    return page(
        request,
        "admin/campaign_scheduled.html",
        campaign=campaign,
        **starts_told(campaign),
        lists=await lists_of(work.session, work.organization_id, campaign.id),
        counted=await preview_of(work.session, work.organization_id, campaign.id),
    )


async def _again(
    request: Request, work: Work, campaign_id: int, error: TextbankError, **more: Any
) -> HTMLResponse:
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    return await _live(request, work, campaign, error=told(request, error), status=error.status, **more)


async def _counters(request: Request, work: Work, campaign: Any) -> dict[str, Any]:
    progress = await progress_of(work.session, work.organization_id, campaign.id)
    waits = campaign.state == "running" and campaign.kind == "blast"
    return {
        "campaign": campaign,
        "progress": progress,
        "spend": await spend_of(work.session, work.organization_id, campaign.id),
        "numbers": await numbers_of(work.session, work.organization_id, progress.senders if progress else {}),
        "reasons": reasons_told(request, progress.reasons if progress else {}),
        "opens_at": await next_opening(work.session, work.organization_id, campaign.id) if waits else None,
    }


async def _results(work: Work, campaign_id: int) -> dict[str, Any]:
    found = await read_results(work.session, work.organization_id, campaign_id)
    return {"results": found, "counted_to": COUNTED_TO}


async def _live(
    request: Request,
    work: Work,
    campaign: Any,
    *,
    body: str | None = None,
    because: str = "",
    link: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    counters = await _counters(request, work, campaign)
    return page(
        request,
        "admin/campaign_live.html",
        status_code=status,
        **starts_told(campaign),
        lists=await lists_of(work.session, work.organization_id, campaign.id),
        body=campaign.body if body is None else body,
        editing=body is not None,
        because=because,
        link=link,
        error=error,
        watched=await watched(work.session, work.organization_id, campaign.id),
        wordings=await results_of(
            work.session,
            work.organization_id,
            campaign.id,
            campaign.body,
            counters["progress"].wordings if counters["progress"] else {},
        ),
        **await _results(work, campaign.id),
        **counters,
    )
