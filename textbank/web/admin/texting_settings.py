"""How texters get in: practice, approval, and pausing by itself."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.approve import TextingSettings, change_texting, texting_settings
from textbank.accounts.start_texting import TRIAL
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings/texting")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """As it is set."""
    return _page(request, await texting_settings(work.session, work.organization_id))


@router.post("")
async def change(
    request: Request,
    work: Annotated[Work, admin],
    practice: Annotated[str, Form(max_length=20)] = "",
    approval: Annotated[str, Form(max_length=20)] = "",
    pauses_texters: Annotated[bool, Form()] = False,
    see_history: Annotated[bool, Form()] = False,
) -> Response:
    """Set it."""
    wanted = TextingSettings(practice, approval, pauses_texters, see_history)
    try:
        async with work.attempt():
            await change_texting(work.session, work.organization_id, wanted, actor=work.visitor.actor)
    except TextbankError as error:
        return _page(request, wanted, error=told(request, error), status=error.status)
    return redirect(request, "/settings/texting", gettext_of(request)("Saved."))


def _page(request: Request, now: TextingSettings, *, error: str = "", status: int = 200) -> HTMLResponse:
    return page(request, "admin/texting_settings.html", status_code=status, now=now, trial=TRIAL, error=error)
