"""Signing in and out, and the language of pages."""

import hashlib
import hmac
import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from textbank import clock
from textbank.accounts.sign_in import Membership, check_password, end_sign_ins, start_sign_in
from textbank.errors import NotAllowed, SignInNeeded, TooManyTries
from textbank.language import N_
from textbank.web.count_tries import address_of, tries_of
from textbank.web.errors import told
from textbank.web.language import COOKIE as LANGUAGE_COOKIE
from textbank.web.language import LANGUAGES, gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import COOKIE, STAYS_SECONDS, Work, same_site, session_of, texter
from textbank.web.templating import page

router = APIRouter()

TRIES_PER_ADDRESS = 60
"""Sign-ins that one network address may try in ten minutes: a campaign office shares one."""

START_COOKIE = "start"
"""On a shared computer: the link by which people start here, to lead the next one to."""
_START = re.compile(r"/join/[0-9]{1,18}\.[\w-]{10,60}")
_PROOF_SECONDS = 300
_ELSEWHERE = N_("This came from another site. Nothing was changed.")


@router.get("/sign-in")
async def ask(request: Request, next: str = "/") -> HTMLResponse:  # noqa: A002 - the name in the address
    """The sign-in page."""
    return _form(request, next, "", "", 200)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Check the password; one membership leads in, several are offered."""
    _refuse_other_sites(request)
    try:
        await _throttle(request)
        found = await check_password(parts_of(request).database, email, password)
    except TooManyTries as error:
        return _form(request, next, email, told(request, error), error.status)
    if not found:
        words = gettext_of(request)("This e-mail address and password do not belong together.")
        return _form(request, next, email, words, 422)
    if len(found) == 1:
        return await let_in(request, found[0].organization_id, found[0].member_id, next)
    return page(
        request,
        "public/choose_organization.html",
        memberships=found,
        next=inside(next),
        proof=_proof(request, found),
    )


@router.post("/sign-in/organization")
async def choose(
    request: Request,
    proof: Annotated[str, Form()],
    organization_id: Annotated[int, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Go on with one of the organizations whose password was right a moment ago."""
    _refuse_other_sites(request)
    member_id = _proven(request, proof, organization_id)
    if member_id is None:
        words = gettext_of(request)("That took a while. Please sign in again.")
        return _form(request, next, "", words, 422)
    return await let_in(request, organization_id, member_id, next)


@router.post("/sign-out")
async def sign_out(request: Request, work: Annotated[Work, texter]) -> Response:
    """Sign this browser out."""
    who = work.visitor
    await end_sign_ins(work.session, who.organization_id, who.member_id, sign_in_id=who.sign_in_id)
    # The next person at a shared computer comes by the same link.
    link = request.cookies.get(START_COOKIE, "") if who.shared else ""
    response = RedirectResponse(link if _START.fullmatch(link) else "/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    # A shared computer keeps nothing of what was shown.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Keep the language on this device. Changes nothing else, so it needs no session."""
    _refuse_other_sites(request)
    response = RedirectResponse(inside(next), status_code=303)
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, samesite="lax")
    return response


async def let_in(
    request: Request, organization_id: int, member_id: int, then: str, *, shared: bool = False
) -> Response:
    """Start a session on this browser and go on; on a shared computer it ends with the browser."""
    parts = parts_of(request)
    async with parts.transaction(organization_id) as session:
        value = await start_sign_in(
            session,
            organization_id,
            member_id,
            browser=request.headers.get("user-agent", ""),
            address=address_of(request),
            shared=shared,
        )
    response = RedirectResponse(inside(then), status_code=303)
    response.set_cookie(
        COOKIE,
        value,
        max_age=None if shared else STAYS_SECONDS,
        httponly=True,
        samesite="lax",
        secure=parts.settings.textbank_public_url.startswith("https:"),
    )
    return response


def inside(address: str) -> str:
    """An address of ours to go on to; anything else becomes the start page."""
    try:
        elsewhere = urlsplit(address).netloc
    except ValueError:
        return "/"
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and not elsewhere
    return address if safe else "/"


def _form(request: Request, then: str, email: str, error: str, status: int) -> HTMLResponse:
    # A session that is over still says where its texter, who has no password, may come back.
    try:
        organization_id, _ = session_of(request)
    except SignInNeeded:
        organization_id = 0
    return page(
        request,
        "public/sign_in.html",
        status_code=status,
        next=inside(then),
        email=email,
        error=error,
        back=organization_id,
    )


def _refuse_other_sites(request: Request) -> None:
    if not same_site(request):
        raise NotAllowed(_ELSEWHERE)


async def _throttle(request: Request) -> None:
    """Beside the lock of each member, which PostgreSQL keeps."""
    if await tries_of(request, "sign-in") > TRIES_PER_ADDRESS:
        raise TooManyTries(N_("Too many sign-ins from this network. Wait ten minutes, then try again."))


def _proof(request: Request, found: list[Membership]) -> str:
    """A note to ourselves, valid for five minutes, of who proved a password for which organizations."""
    until = int(clock.now().timestamp()) + _PROOF_SECONDS
    body = f"{until}:" + ",".join(f"{each.organization_id}-{each.member_id}" for each in found)
    return f"{body}:{_signed(request, body)}"


def _proven(request: Request, proof: str, organization_id: int) -> int | None:
    body, _, signature = proof.rpartition(":")
    if not hmac.compare_digest(signature.encode(), _signed(request, body).encode()):
        return None
    until, _, pairs = body.partition(":")
    if int(until) < clock.now().timestamp():
        return None
    members = dict(pair.split("-", 1) for pair in pairs.split(","))
    member = members.get(str(organization_id))
    return int(member) if member else None


def _signed(request: Request, body: str) -> str:
    key = parts_of(request).settings.derived_secret("sign-in proof")
    return hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()
