"""The words that the law wants in first texts, by state."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.campaigns.change_disclaimers import list_disclaimers, remove_disclaimer, save_disclaimer
from textbank.contacts.area_codes import STATES
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/disclaimers")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """All of them."""
    return await _page(request, work)


@router.post("")
async def save(
    request: Request,
    work: Annotated[Work, admin],
    state: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    """Set the words for a state, or for all."""
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await save_disclaimer(work.session, work.organization_id, state=state, words=words, by=by)
    except TextbankError as error:
        return await _page(request, work, state=state, words=words, error=error)
    return redirect(request, "/disclaimers", gettext_of(request)("The disclaimer is saved."))


@router.post("/{disclaimer_id}/remove")
async def remove(request: Request, work: Annotated[Work, admin], disclaimer_id: int) -> Response:
    """Add these words to no more texts."""
    by = work.visitor.member_id
    await remove_disclaimer(work.session, work.organization_id, disclaimer_id, by=by)
    return redirect(request, "/disclaimers", gettext_of(request)("The disclaimer was removed."))


async def _page(
    request: Request, work: Work, *, state: str = "", words: str = "", error: TextbankError | None = None
) -> HTMLResponse:
    return page(
        request,
        "admin/disclaimers.html",
        status_code=error.status if error else 200,
        disclaimers=await list_disclaimers(work.session, work.organization_id),
        state_choices=[("", gettext_of(request)("all other states")), *((each, each) for each in STATES)],
        state=state,
        words=words,
        error=told(request, error) if error else "",
    )
