"""Numbers that must not be texted, with the words that say why."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.consent.list_suppressions import (
    NEWEST,
    find_suppressions,
    list_suppressions,
    suppress_number,
)
from textbank.errors import TextbankError
from textbank.web.admin.keyset import After
from textbank.web.admin.people import who
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.opting_out import answer_when_it_holds
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/suppressions")


@router.get("")
async def show(
    request: Request, work: Annotated[Work, organizer], q: str = "", before: After = NEWEST
) -> HTMLResponse:
    """The newest, or those found."""
    return await _page(request, work, q=q, before=before)


@router.post("")
async def add(
    request: Request,
    work: Annotated[Work, organizer],
    number: Annotated[str, Form(max_length=60)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Forbid every text to a number."""
    try:
        async with work.attempt():
            recipient_id = await suppress_number(
                work.session, work.organization_id, number, reason=reason, by=who(work)
            )
    except TextbankError as error:
        typed = {"number": number, "reason": reason}
        return await _page(request, work, typed=typed, fault=told(request, error), status=error.status)
    answer_when_it_holds(request, work, recipient_id)
    return redirect(request, "/suppressions", gettext_of(request)("Nothing more is sent to this number."))


async def _page(
    request: Request,
    work: Work,
    *,
    q: str = "",
    before: int = NEWEST,
    typed: dict[str, str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    if q.strip():
        rows, older = await find_suppressions(work.session, work.organization_id, q), None
    else:
        rows, older = await list_suppressions(work.session, work.organization_id, before=before)
    return page(
        request,
        "admin/suppressions.html",
        status_code=status,
        rows=rows,
        older=older,
        newest=before == NEWEST,
        q=q,
        typed=typed or {"number": "", "reason": ""},
        fault=fault,
        about_number=fault and len(typed["reason"].strip()) >= 3 if typed else False,
    )
