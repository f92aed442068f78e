"""Registration with the carriers: what to register for which organization and number, and its words."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.registration_guide import (
    AS_OF,
    KINDS,
    SENDER_KINDS,
    guide_for,
    known_kind,
    known_sender,
    sources,
)
from textbank.accounts.settings_of import senders_of
from textbank.accounts.setup_registration import set_registration
from textbank.keywords.registration_samples import registration_samples
from textbank.language import N_
from textbank.web.formats import phone
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings/registration")


@router.get("")
async def show(
    request: Request, work: Annotated[Work, admin], kind: str = "", sender: str = ""
) -> HTMLResponse:
    """What to register, for the kind of organization and number chosen."""
    senders = await senders_of(work.session, work.organization_id)
    first = next((one for one in senders if one.kind != "messaging_service"), None)
    chosen, chosen_sender = known_kind(kind), known_sender(sender or (first.kind if first else ""))
    translated = gettext_of(request)
    return page(
        request,
        "admin/registration.html",
        kinds=[(each, translated(words)) for each, words in KINDS.items()],
        sender_kinds=[(each, translated(words)) for each, words in SENDER_KINDS.items()],
        kind=chosen,
        sender=chosen_sender,
        guide=guide_for(chosen, chosen_sender),
        senders=senders,
        sources=sources(),
        as_of=AS_OF,
        samples=await registration_samples(
            work.session,
            work.organization_id,
            phone(first.address) if first else translated(N_("your number")),
        ),
    )


@router.post("/vouch")
async def vouch(
    request: Request, work: Annotated[Work, admin], address: Annotated[str, Form()] = ""
) -> Response:
    """An admin says that a number is approved where the carrier's API does not tell."""
    await set_registration(
        work.session,
        work.organization_id,
        address,
        "registered",
        actor=work.visitor.actor,
        why="vouched for",
    )
    notice = gettext_of(request)("Noted, with your name. Campaigns may leave from it now.")
    return redirect(request, "/settings/registration", notice)
