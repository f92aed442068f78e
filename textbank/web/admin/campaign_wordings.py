"""A draft's other wordings: look at them, add one, take one away."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.campaigns.draft import draft_of
from textbank.campaigns.queries import get_campaign
from textbank.campaigns.wordings import MOST, add_wording, remove_wording, wordings_of
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}/wordings")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """All wordings of a draft."""
    return await _wordings(request, work, campaign_id)


@router.post("")
async def add(
    request: Request, work: Annotated[Work, organizer], campaign_id: int, body: Annotated[str, Form()] = ""
) -> Response:
    """Add another wording, or say what is wrong with it."""
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await add_wording(work.session, work.organization_id, campaign_id, body, by=by)
    except TextbankError as error:
        return await _wordings(request, work, campaign_id, body=body, error=error)
    return redirect(request, f"/campaigns/{campaign_id}/wordings", gettext_of(request)("Added."))


@router.post("/{position}/remove")
async def remove(
    request: Request, work: Annotated[Work, organizer], campaign_id: int, position: int
) -> Response:
    """Take a wording away."""
    by = work.visitor.member_id
    await remove_wording(work.session, work.organization_id, campaign_id, position, by=by)
    return redirect(request, f"/campaigns/{campaign_id}/wordings", gettext_of(request)("Removed."))


async def _wordings(
    request: Request, work: Work, campaign_id: int, *, body: str = "", error: TextbankError | None = None
) -> HTMLResponse:
    await draft_of(work.session, work.organization_id, campaign_id)
    others = await wordings_of(work.session, work.organization_id, campaign_id)
    return page(
        request,
        "admin/campaign_wordings.html",
        status_code=error.status if error else 200,
        campaign=await get_campaign(work.session, work.organization_id, campaign_id),
        others=[("ABCD"[place], row) for place, row in enumerate(others, start=1)],
        has_room=len(others) < MOST,
        body=body,
        error=told(request, error) if error else "",
    )
