"""How a member wants to be told: this browser's push, sound, digests, and single keys."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from textbank.accounts.members import get_member
from textbank.accounts.push_message import Browser, from_unpadded, key_of, public_key_of
from textbank.accounts.take_push import drop_push, has_push, take_push
from textbank.errors import InvalidInput
from textbank.flows.public_address import is_public_url
from textbank.language import N_
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import redirect

router = APIRouter(prefix="/me")


@router.get("/push")
async def ask(request: Request, work: Annotated[Work, texter]) -> JSONResponse:
    """With which key this browser may ask to be told, and whether it is told already."""
    visitor = work.visitor
    told = {
        "key": public_key_of(key_of(parts_of(request).settings.derived_secret("web push"))),
        "on": await has_push(work.session, work.organization_id, visitor.sign_in_id),
        "offered": not visitor.shared,
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.post("/push")
async def start(
    request: Request,
    work: Annotated[Work, texter],
    endpoint: Annotated[str, Form()] = "",
    p256dh: Annotated[str, Form(max_length=200)] = "",
    auth: Annotated[str, Form(max_length=100)] = "",
) -> JSONResponse:
    """Tell this browser of replies."""
    if parts_of(request).settings.textbank_mode != "simulated" and not is_public_url(endpoint):
        raise InvalidInput(N_("This is no address of a browser. Nothing was kept."))
    try:
        browser = Browser(endpoint, from_unpadded(p256dh), from_unpadded(auth))
    except ValueError as error:
        raise InvalidInput(N_("This is no address of a browser. Nothing was kept.")) from error
    await take_push(work.session, work.organization_id, work.visitor.sign_in_id, browser)
    return JSONResponse({"on": True})


@router.post("/push/stop")
async def stop(work: Annotated[Work, texter]) -> JSONResponse:
    """Tell this browser nothing more."""
    await drop_push(work.session, work.organization_id, work.visitor.sign_in_id)
    return JSONResponse({"on": False})


@router.post("/ways")
async def ways(
    request: Request,
    work: Annotated[Work, texter],
    reminders: Annotated[bool, Form()] = False,
    sound: Annotated[bool, Form()] = False,
    shortcuts: Annotated[bool, Form()] = False,
) -> Response:
    """Keep how I want to be told, and whether single keys do something."""
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    member.reminders, member.sound, member.shortcuts = reminders, sound, shortcuts
    return redirect(request, "/me", gettext_of(request)("Saved."))
