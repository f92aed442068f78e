"""A member's own page: name, language, password, and the browsers they are signed in with."""

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.change_password import replace_password, stored_password
from textbank.accounts.members import get_member, sign_ins_of
from textbank.accounts.passwords import check_strength, hash_password, is_password
from textbank.accounts.sign_in import end_sign_ins, note_try
from textbank.accounts.signs_as import check_name
from textbank.accounts.speaks import SPOKEN, spoken
from textbank.accounts.start_texting import phone_of
from textbank.errors import TextbankError
from textbank.web.browser_name import browser_name
from textbank.web.errors import told
from textbank.web.language import LANGUAGES, gettext_of
from textbank.web.signed_in import Work, texter, visiting
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/me")

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)


@router.get("")
async def show(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """Who I am here."""
    return await _me(request, work)


@router.post("")
async def change(
    request: Request,
    work: Annotated[Work, texter],
    name: Annotated[str, Form()] = "",
    alias: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "en",
    time_zone: Annotated[str, Form()] = "America/New_York",
    phone: Annotated[str, Form(max_length=60)] = "",
    languages: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Keep name, alias, language, time zone, and by what a texter comes back and finds their people."""
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    if not name.strip():
        words = gettext_of(request)("Please give a name. Nothing was kept.")
        return await _me(request, work, error=words, status=422)
    try:
        check_name(name, alias)
        number, speaks = phone_of(phone), spoken(languages or [])
    except TextbankError as error:
        return await _me(request, work, error=told(request, error), status=error.status)
    member.phone, member.languages = number, speaks
    member.name, member.alias = " ".join(name.split())[:100], " ".join(alias.split())[:30]
    if language in LANGUAGES:
        member.language = language
    if time_zone in available_timezones():
        member.time_zone = time_zone
    response = redirect(request, "/me", gettext_of(request)("Saved."))
    response.set_cookie("language", member.language, max_age=365 * 24 * 3600, samesite="lax")
    return response


@router.post("/password")
async def change_password(
    request: Request,
    current: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Set another password; every other browser is signed out.

    No connection is held while passwords are hashed: a crowd here must never keep a webhook waiting.
    """
    async with visiting(request) as work:
        who = work.visitor
        try:
            old = await stored_password(work.session, who.organization_id, who.member_id)
            check_strength(password)
        except TextbankError as error:
            return await _me(request, work, error=told(request, error), status=error.status)
    right = await is_password(old, current)
    new = await hash_password(password) if right else ""
    async with visiting(request) as work:
        await note_try(work.session, who.organization_id, who.member_id, right=right)
        if not right:
            words = gettext_of(request)("This is not your password now. Nothing was changed.")
            return await _me(request, work, error=words, status=422)
        await replace_password(
            work.session, who.organization_id, who.member_id, old=old, new=new, kept=who.sign_in_id
        )
    words = gettext_of(request)("Your password was changed. Other browsers were signed out.")
    return redirect(request, "/me", words)


@router.post("/sign-ins/{sign_in_id}/end")
async def end(request: Request, work: Annotated[Work, texter], sign_in_id: int) -> Response:
    """Sign one of my browsers out."""
    await end_sign_ins(work.session, work.organization_id, work.visitor.member_id, sign_in_id=sign_in_id)
    return redirect(request, "/me", gettext_of(request)("That browser was signed out."))


async def _me(request: Request, work: Work, *, error: str = "", status: int = 200) -> HTMLResponse:
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    zones = ZONES if member.time_zone in ZONES else (member.time_zone, *ZONES)
    return page(
        request,
        "admin/me.html",
        status_code=status,
        member=member,
        zones=[(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in zones],
        browser_name=browser_name,
        spoken=SPOKEN,
        sign_ins=await sign_ins_of(work.session, work.organization_id, member.id),
        error=error,
    )
