"""A person's own page, behind a signed link: what they get, less of it, nothing, and what is held.

Looking changes nothing, because phones and mail programs open links by themselves. And nothing here brings
anybody back: a link may have been passed on, so that takes a text from the phone.
"""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.consent.leave_one_list import leave_one_list
from textbank.consent.opt_out import opt_out
from textbank.consent.preference_token import Whose, make_token, read_token
from textbank.database import follow_commit
from textbank.errors import NotAllowed, NotFound
from textbank.language import N_
from textbank.messaging.choose_pace import end_break, take_a_break, want_all, want_fewer
from textbank.messaging.wait_out_permits import wait_out_permits
from textbank.reports.read_preferences import hold_number, read_preferences
from textbank.web.admin.keyset import FormId
from textbank.web.count_tries import address_of
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import same_site
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/preferences/{token}")

_OVER = N_("This link is not valid any more. Text HELP to us, and we send you on. Nothing was changed.")
_BREAKS: Final = (7, 14, 30, 90)

Pace = Literal["rest", "resume", "fewer", "as_many"]


@router.get("")
async def show(request: Request, token: str) -> Response:
    """What they get and what is held about them."""
    whose = _whose(request, token)
    async with parts_of(request).transaction(whose.organization_id) as session:
        said = await read_preferences(session, whose.organization_id, whose.recipient_id)
    if said is None:
        raise NotFound(_OVER)
    return page(
        request,
        "public/preferences.html",
        said=said,
        organization_name=said.organization,
        path=f"/preferences/{token}",
        resting=said.rests_until is not None and said.rests_until > clock.now(),
        breaks=_BREAKS,
    )


@router.post("/leave")
async def leave(request: Request, token: str, list_id: FormId) -> Response:
    """Off one list."""
    whose = _changing(request, token)
    async with parts_of(request).transaction(whose.organization_id) as session:
        await _locked(session, whose)
        await leave_one_list(session, whose.organization_id, whose.recipient_id, list_id, _evidence(request))
    return redirect(request, f"/preferences/{token}", gettext_of(request)(N_("You are off this list.")))


@router.post("/pace")
async def pace(
    request: Request, token: str, choice: Annotated[Pace, Form()], days: Annotated[int, Form()] = 14
) -> Response:
    """A break, fewer texts, or as before."""
    whose = _changing(request, token)
    key, evidence = (whose.organization_id, whose.recipient_id), _evidence(request)
    async with parts_of(request).transaction(whose.organization_id) as session:
        await _locked(session, whose)
        match choice:
            case "rest":
                await take_a_break(
                    session, *key, days=days if days in _BREAKS else _BREAKS[1], evidence=evidence
                )
            case "resume":
                await end_break(session, *key, evidence=evidence)
            case "fewer":
                await want_fewer(session, *key, evidence=evidence)
            case "as_many":
                await want_all(session, *key, evidence=evidence)
    return redirect(request, f"/preferences/{token}", gettext_of(request)(N_("Noted. Thank you.")))


@router.post("/stop")
async def stop(request: Request, token: str) -> Response:
    """Nothing more; answered when it holds."""
    whose = _changing(request, token)
    database = parts_of(request).database
    async with database.transaction(whose.organization_id) as session:
        await _locked(session, whose)
        await opt_out(session, whose.organization_id, whose.recipient_id, "page", evidence=_evidence(request))
        follow_commit(session, lambda: wait_out_permits(database, whose.organization_id, whose.recipient_id))
    return redirect(
        request, f"/preferences/{token}", gettext_of(request)(N_("You get no more texts from us."))
    )


def link_to(request: Request, organization_id: int, recipient_id: int) -> str:
    """The address of somebody's page, for the next month."""
    token = make_token(_secret(request), Whose(organization_id, recipient_id), clock.now())
    return f"{parts_of(request).settings.textbank_public_url.rstrip('/')}/preferences/{token}"


def _whose(request: Request, token: str) -> Whose:
    whose = read_token(_secret(request), token, clock.now())
    if whose is None:
        raise NotFound(_OVER)
    return whose


def _changing(request: Request, token: str) -> Whose:
    if not same_site(request):
        raise NotAllowed(N_("This came from another site. Nothing was changed."))
    return _whose(request, token)


async def _locked(session: AsyncSession, whose: Whose) -> None:
    if not await hold_number(session, whose.organization_id, whose.recipient_id):
        raise NotFound(_OVER)


def _evidence(request: Request) -> dict[str, str]:
    return {
        "page": "preferences",
        "ip": address_of(request),
        "user_agent": request.headers.get("user-agent", "")[:500],
    }


def _secret(request: Request) -> str:
    return parts_of(request).settings.derived_secret("preferences")
