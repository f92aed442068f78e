"""The start page: what needs a person now."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from textbank.accounts.last_backup import last_backup
from textbank.reports.attention import attention
from textbank.web.health import missing_parts
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import page

router = APIRouter()


@router.get("/")
async def home(request: Request, work: Annotated[Work, texter]) -> Response:
    """Staff see what waits for them; texters are led to their texts."""
    if not work.visitor.may("organizer"):
        return RedirectResponse("/texting", status_code=303)
    return await _for_staff(request, work)


async def _for_staff(request: Request, work: Work) -> HTMLResponse:
    return page(
        request,
        "admin/home.html",
        now=await attention(work.session, work.organization_id),
        missing=await missing_parts(parts_of(request)),
        copy=await last_backup(work.session),
    )
