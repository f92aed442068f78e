"""The consent file of a number: on screen, on paper, and for a program."""

import json
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from textbank.errors import NotFound
from textbank.language import N_
from textbank.reports.gather_consent_file import NEWEST, find_number, gather_consent_file
from textbank.reports.write_consent_file import consent_file_as_json
from textbank.sms.phone_number import PhoneNumber, parse
from textbank.web.admin.keyset import After, RowId
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/consent-files")


@router.get("")
async def find(request: Request, work: Annotated[Work, organizer], number: str = "") -> Response:
    """From a number to its file."""
    if not number.strip():
        return redirect(request, "/people")
    parsed = parse(number)
    found = (
        await find_number(work.session, work.organization_id, parsed.e164)
        if isinstance(parsed, PhoneNumber)
        else None
    )
    if found is None:
        raise NotFound(N_("Nothing is on record about this number: it was never texted and never wrote."))
    return redirect(request, f"/consent-files/{found}")


@router.get("/{recipient_id}")
async def show(
    request: Request, work: Annotated[Work, organizer], recipient_id: RowId, before: After = NEWEST
) -> HTMLResponse:
    """On screen."""
    file = await gather_consent_file(work.session, work.organization_id, recipient_id, before=before)
    return page(request, "admin/consent_file.html", file=file, paper=False)


@router.get("/{recipient_id}/paper")
async def on_paper(
    request: Request, work: Annotated[Work, organizer], recipient_id: RowId, before: After = NEWEST
) -> HTMLResponse:
    """As it is printed: black on white, US Letter or A4."""
    file = await gather_consent_file(work.session, work.organization_id, recipient_id, before=before)
    return page(request, "admin/consent_paper.html", file=file, paper=True)


@router.get("/{recipient_id}/consent.json")
async def download(work: Annotated[Work, organizer], recipient_id: RowId, before: After = NEWEST) -> Response:
    """For a program."""
    file = await gather_consent_file(work.session, work.organization_id, recipient_id, before=before)
    name = f"consent-{file.e164.lstrip('+')}-{file.made_at:%Y-%m-%d}.json"
    return Response(
        json.dumps(consent_file_as_json(file), ensure_ascii=False, indent=2) + "\n",
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
