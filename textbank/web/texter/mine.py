"""What a texter sees who comes back: what waits for them, and the shortest way to the next text."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from textbank.accounts.members import get_member
from textbank.accounts.use_another_device import OWN_MINUTES, link_for_device
from textbank.assignments import may_text
from textbank.assignments.keep_practice import standing_of
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/texting")


@router.get("")
async def mine(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """My campaigns, and what waits for me; or what stands between me and them."""
    me = work.visitor.member_id
    campaigns = await may_text.my_campaigns(work.session, work.organization_id, me)
    return page(
        request,
        "texter/mine.html",
        campaigns=campaigns,
        standing=await standing_of(work.session, work.organization_id, me),
        waiting=await may_text.replies_waiting(work.session, work.organization_id, me),
    )


@router.get("/standing")
async def standing(request: Request, work: Annotated[Work, texter]) -> JSONResponse:
    """Asked every few seconds by the page of somebody who waits for a captain."""
    found = await standing_of(work.session, work.organization_id, work.visitor.member_id)
    return JSONResponse({"state": found.state})


@router.post("/device")
async def another_device(request: Request, work: Annotated[Work, texter]) -> Response:
    """A code that opens my texts on another phone: five minutes, once."""
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    try:
        async with work.attempt():
            link = await link_for_device(work.session, member, by=member)
    except TextbankError as error:
        return redirect(request, "/me", told(request, error))
    base = parts_of(request).settings.textbank_public_url.rstrip("/")
    return page(request, "texter/device.html", address=f"{base}/join/{link}", minutes=OWN_MINUTES)
