"""Settings: what the organization says of itself, what it sends from, and who did what."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.members import names_of
from textbank.accounts.settings_of import audit_page, change_organization, organization_of, senders_of
from textbank.errors import TextbankError
from textbank.reports.name_things import name_things
from textbank.web.admin.audit_words import quoted, what_told, who_told
from textbank.web.admin.campaign_reasons import rest_told
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """The organization, its senders, and the way to the other settings."""
    organization = await organization_of(work.session, work.organization_id)
    typed = {
        "name": organization.name,
        "help_contact": organization.help_contact,
    }
    return await _settings(request, work, typed)


@router.post("")
async def change(
    request: Request,
    work: Annotated[Work, admin],
    name: Annotated[str, Form()] = "",
    help_contact: Annotated[str, Form()] = "",
) -> Response:
    """Change name and contact."""
    try:
        async with work.attempt():
            await change_organization(
                work.session,
                work.organization_id,
                name=name,
                help_contact=help_contact,
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        typed = {"name": name, "help_contact": help_contact}
        return await _settings(request, work, typed, told(request, error), error.status)
    return redirect(request, "/settings", gettext_of(request)("Saved."))


@router.get("/audit")
async def who_did_what(
    request: Request, work: Annotated[Work, admin], before: int | None = None
) -> HTMLResponse:
    """The audit log, newest first."""
    events, following = await audit_page(work.session, work.organization_id, before=before)
    members = await names_of(work.session, work.organization_id, [event.actor for event in events])
    names = await name_things(work.session, work.organization_id, [event.details for event in events])
    entries = [
        (
            event.at,
            who_told(request, event.actor, members),
            what_told(request, event.action, event.details, names),
            quoted(event.details),
        )
        for event in events
    ]
    return page(request, "admin/audit.html", entries=entries, following=following, before=before)


async def _settings(
    request: Request, work: Work, typed: dict[str, str], error: str = "", status: int = 200
) -> HTMLResponse:
    return page(
        request,
        "admin/settings.html",
        status_code=status,
        typed=typed,
        error=error,
        senders=[
            (sender, rest_told(request, sender.reason))
            for sender in await senders_of(work.session, work.organization_id)
        ],
    )
