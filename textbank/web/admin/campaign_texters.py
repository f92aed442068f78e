"""Who texts on a peer-to-peer campaign: put members on it, and take them off."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.list_texters import list_texters, who_could_text
from textbank.assignments.may_text import put_on_campaign, take_off_campaign
from textbank.campaigns.queries import get_campaign
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}/texters")


@router.get("")
async def show(
    request: Request, work: Annotated[Work, captain], campaign_id: int, after: int = 0
) -> HTMLResponse:
    """Who is on it, what each holds, and who waits for their answers."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    texters, following = await list_texters(work.session, work.organization_id, campaign_id, after=after)
    return page(
        request,
        "admin/campaign_texters.html",
        campaign=campaign,
        texters=texters,
        following=following,
        after=after,
        others=await who_could_text(work.session, work.organization_id, campaign_id),
    )


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
