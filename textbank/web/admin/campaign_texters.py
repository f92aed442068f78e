"""Who texts on a peer-to-peer campaign: put members on it, and take them off."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.list_texters import list_texters, who_could_text
from textbank.assignments.may_text import put_on_campaign, take_off_campaign
from textbank.assignments.set_batches import Batches, minutes_of, replies_of, set_batches, size_of
from textbank.campaigns.queries import get_campaign
from textbank.errors import InvalidInput
from textbank.web.admin.links import shown_links
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, captain, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}/texters")

_NUMBERS = {"size": size_of, "minutes": minutes_of, "replies": replies_of, "reply_minutes": minutes_of}


@router.get("")
async def show(
    request: Request, work: Annotated[Work, captain], campaign_id: int, after: int = 0
) -> HTMLResponse:
    """Who is on it, what each holds, and who waits for their answers."""
    return await _texters(request, work, campaign_id, after=after)


@router.post("")
async def put(
    request: Request, work: Annotated[Work, captain], campaign_id: int, member_id: Annotated[int, Form()]
) -> Response:
    """Put a member on it."""
    actor = work.visitor.actor
    await put_on_campaign(work.session, work.organization_id, campaign_id, member_id, actor=actor)
    return redirect(request, f"/campaigns/{campaign_id}/texters", gettext_of(request)("They may text now."))


@router.post("/{member_id}/remove")
async def take_off(
    request: Request, work: Annotated[Work, captain], campaign_id: int, member_id: int
) -> Response:
    """Take a member off it; whom they hold goes to the next texter."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    actor = work.visitor.actor
    await take_off_campaign(work.session, work.organization_id, campaign_id, member_id, actor=actor)
    notice = gettext_of(request)("They were taken off. Whom they held goes to the next texter.")
    return redirect(request, f"/campaigns/{campaign_id}/texters", notice)


@router.post("/batches")
async def batches(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    size: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form()] = "",
    replies: Annotated[str, Form()] = "",
    reply_minutes: Annotated[str, Form()] = "",
) -> Response:
    """How many people a texter gets at once, and how long somebody silent keeps them."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    wrong: dict[str, str] = {}
    read: dict[str, int] = {}
    typed = {"size": size, "minutes": minutes, "replies": replies, "reply_minutes": reply_minutes}
    for name, of in _NUMBERS.items():
        try:
            read[name] = of(typed[name])
        except InvalidInput as error:
            wrong[name] = told(request, error)
    if wrong:
        return await _texters(request, work, campaign_id, typed=typed, wrong=wrong)
    actor = work.visitor.actor
    await set_batches(work.session, work.organization_id, campaign_id, Batches(**read), actor=actor)
    notice = gettext_of(request)("It holds for every batch from now on.")
    return redirect(request, f"/campaigns/{campaign_id}/texters", notice)


async def _texters(
    request: Request,
    work: Work,
    campaign_id: int,
    *,
    after: int = 0,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> HTMLResponse:
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    texters, following = await list_texters(work.session, work.organization_id, campaign_id, after=after)
    return page(
        request,
        "admin/campaign_texters.html",
        status_code=422 if wrong else 200,
        campaign=campaign,
        texters=texters,
        following=following,
        after=after,
        others=await who_could_text(work.session, work.organization_id, campaign_id),
        links=await shown_links(request, work, campaign_id=campaign_id),
        typed=typed
        or {
            "size": campaign.batch_size,
            "minutes": campaign.holding_minutes,
            "replies": campaign.reply_batch_size,
            "reply_minutes": campaign.reply_holding_minutes,
        },
        wrong=wrong or {},
    )
