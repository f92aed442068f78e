"""The page of a texter on a new phone: a word to text us, and in as soon as it has come."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.come_back import SAYS, WAITS, Waiting, collect, wait_to_be_let_in, waiting
from textbank.accounts.models import Organization
from textbank.accounts.settings_of import number_to_text_back
from textbank.errors import NotAllowed, NotFound, TooManyTries
from textbank.language import N_
from textbank.sms.phone_number import national
from textbank.web.admin.keyset import RowId
from textbank.web.count_tries import tries_of
from textbank.web.language import gettext_of, language_of
from textbank.web.parts import parts_of
from textbank.web.public.sign_in import let_in
from textbank.web.signed_in import same_site
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/back/{organization_id}")

COOKIE = "waiting"
TRIES_PER_ADDRESS = 30
"""Words that one network address may be shown in ten minutes: a campaign office shares one."""


@router.get("")
async def show(request: Request, organization_id: RowId) -> Response:
    """The ways back; with a word, where this browser waits for one."""
    async with parts_of(request).transaction(organization_id) as session:
        return await _page(request, session, organization_id)


@router.post("")
async def begin(request: Request, organization_id: RowId) -> Response:
    """Show a word, to this browser alone."""
    _refuse_other_sites(request)
    if await tries_of(request, "come-back") > TRIES_PER_ADDRESS:
        raise TooManyTries(N_("Too many tries from this network. Wait ten minutes, then try again."))
    async with parts_of(request).transaction(organization_id) as session:
        await _organization(session, organization_id)
        token = await wait_to_be_let_in(session, organization_id)
    response = RedirectResponse(f"/back/{organization_id}", status_code=303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(WAITS.total_seconds()),
        path=f"/back/{organization_id}",
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.textbank_public_url.startswith("https:"),
    )
    return response


@router.get("/here")
async def here(request: Request, organization_id: RowId) -> JSONResponse:
    """Asked every two seconds by the waiting page: whether the word has come."""
    async with parts_of(request).transaction(organization_id) as session:
        found = await _waiting(request, session, organization_id)
    return JSONResponse({"waits": found is not None, "known": found is not None and found.known})


@router.post("/in")
async def enter(
    request: Request, organization_id: RowId, shared: Annotated[bool, Form()] = False
) -> Response:
    """Sign this browser in, if its word has come from a texter's phone."""
    _refuse_other_sites(request)
    async with parts_of(request).transaction(organization_id) as session:
        member_id = await collect(session, organization_id, request.cookies.get(COOKIE, ""))
    if member_id is None:
        words = gettext_of(request)("Your text is not here yet. It may take half a minute.")
        return redirect(request, f"/back/{organization_id}", words)
    response = await let_in(request, organization_id, member_id, "/texting", shared=shared)
    response.delete_cookie(COOKIE, path=f"/back/{organization_id}")
    return response


async def _page(request: Request, session: AsyncSession, organization_id: int) -> Response:
    organization = await _organization(session, organization_id)
    found = await _waiting(request, session, organization_id)
    number = await number_to_text_back(session, organization_id)
    text = f"{SAYS[language_of(request)]} {found.word}" if found else ""
    return page(
        request,
        "public/come_back.html",
        organization=organization,
        text=text,
        known=found is not None and found.known,
        number=number,
        shown_number=national(number) if number else "",
        # Both ways of writing it are in use: older iPhones want the second mark.
        sms=f"sms:{number}?&body={text.replace(' ', '%20')}" if number else "",
        smsto=f"SMSTO:{number}:{text}" if number else "",
    )


async def _waiting(request: Request, session: AsyncSession, organization_id: int) -> Waiting | None:
    token = request.cookies.get(COOKIE, "")
    return await waiting(session, organization_id, token) if token else None


async def _organization(session: AsyncSession, organization_id: int) -> Organization:
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise NotFound(N_("There is no such page. It may have been removed, or the address has a typo."))
    return organization


def _refuse_other_sites(request: Request) -> None:
    if not same_site(request):
        raise NotAllowed(N_("This came from another site. Nothing was changed."))
