"""Erasing a person: says first what goes and what stays, and asks."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.consent.erase_person import erase_person, what_would_go
from textbank.contacts.read_person import read_person
from textbank.language import N_
from textbank.web.admin.keyset import RowId
from textbank.web.admin.people import who
from textbank.web.language import gettext_of
from textbank.web.opting_out import answer_when_it_holds
from textbank.web.signed_in import Work, admin
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/people/{contact_id}/erase")


@router.get("")
async def ask(request: Request, work: Annotated[Work, admin], contact_id: RowId) -> HTMLResponse:
    """What would go and what would stay."""
    return await _page(request, work, contact_id)


@router.post("")
async def erase(
    request: Request,
    work: Annotated[Work, admin],
    contact_id: RowId,
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Erase them for good."""
    if sure != "yes":
        fault = gettext_of(request)(N_("Tick this first. Nothing was erased."))
        return await _page(request, work, contact_id, fault=fault, status=422)
    erased = await erase_person(work.session, work.organization_id, contact_id, by=who(work))
    for recipient_id in erased.recipients:
        answer_when_it_holds(request, work, recipient_id)
    notice = gettext_of(request)(N_("They were erased. Their number stays stopped, and nobody can read it."))
    return redirect(request, "/people", notice)


async def _page(
    request: Request, work: Work, contact_id: int, *, fault: str = "", status: int = 200
) -> HTMLResponse:
    person = await read_person(work.session, work.organization_id, contact_id)
    numbers, shared = await what_would_go(work.session, work.organization_id, contact_id)
    return page(
        request,
        "admin/person_erase.html",
        status_code=status,
        person=person,
        numbers=numbers,
        shared=shared,
        fault=fault,
    )
