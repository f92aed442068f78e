"""The start page of a texter: from a link to the first practice text with a name alone."""

from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.invites import OpenInvite, use_invite
from textbank.accounts.members import get_member
from textbank.accounts.settings_of import organization_of
from textbank.accounts.sign_in import end_sign_ins, who_is
from textbank.accounts.signs_as import NotAName
from textbank.accounts.speaks import SPOKEN
from textbank.accounts.start_texting import Starting, start_texting
from textbank.accounts.use_another_device import check_device_link
from textbank.assignments.come_by_link import come_by_link
from textbank.campaigns.queries import get_campaign
from textbank.errors import InvalidInput, SignInNeeded
from textbank.web.errors import told
from textbank.web.in_app import in_app_browser, open_outside
from textbank.web.language import language_of
from textbank.web.parts import parts_of
from textbank.web.public.sign_in import START_COOKIE, let_in
from textbank.web.signed_in import session_of
from textbank.web.templating import page

FIRST_SPOKEN = ("en", "es")
"""Shown at once; the others are a tap away."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The start page's form."""

    name: str = ""
    alias: str = ""
    phone: str = ""
    languages: list[str] = field(default_factory=list)
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works, as its pages need to know it."""

    organization_id: int
    organization: str
    invite: OpenInvite
    token: str


async def somebody_here(request: Request, session: AsyncSession, organization_id: int) -> int | None:
    """The member of this organization who uses this browser already."""
    try:
        theirs, token = session_of(request)
    except SignInNeeded:
        return None
    if theirs != organization_id:
        return None
    known = await who_is(session, organization_id, token)
    # On a shared computer it may be somebody else who opens the link: they start as themselves.
    return None if known is None or known.shared else known.member_id


async def put_on(session: AsyncSession, link: Link, member_id: int) -> Response:
    """Whoever has a session is simply put on what the link is for."""
    await come_by_link(session, link.organization_id, link.invite, member_id)
    return RedirectResponse(_where(link.invite), status_code=303)


async def ask(
    request: Request,
    link: Link,
    typed: Typed | None = None,
    *,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The form, with what was typed."""
    typed = typed or Typed(languages=[language_of(request)])
    agent = request.headers.get("user-agent", "")
    address = parts_of(request).settings.textbank_public_url.rstrip("/") + request.url.path
    app = in_app_browser(agent)
    what = ""
    if link.invite.campaign_id is not None:
        async with parts_of(request).transaction(link.organization_id) as session:
            what = (await get_campaign(session, link.organization_id, link.invite.campaign_id)).name
    return page(
        request,
        "public/start.html",
        status_code=status,
        link=link,
        what=what,
        typed=typed,
        faults={"name": "", "phone": ""} | (faults or {}),
        spoken=[(code, SPOKEN[code]) for code in FIRST_SPOKEN],
        more_spoken=[(code, name) for code, name in SPOKEN.items() if code not in FIRST_SPOKEN],
        app=app,
        address=address,
        outside=open_outside(address, agent) if app is not None else None,
    )


async def start(request: Request, link: Link, typed: Typed) -> Response:
    """Make them a texter and sign this browser in; what was typed stays where something is wrong."""
    organization_id = link.organization_id
    starting = Starting(typed.name, typed.alias, typed.phone, typed.languages)
    try:
        async with parts_of(request).transaction(organization_id) as session:
            member = await start_texting(
                session, organization_id, link.invite.id, starting, language=language_of(request)
            )
    except InvalidInput as error:
        where = "name" if isinstance(error, NotAName) or not typed.name.strip() else "phone"
        return await ask(request, link, typed, faults={where: told(request, error)}, status=error.status)
    await _end_earlier(request, organization_id)
    then = "/texting/practice" if await _practises(request, organization_id) else _where(link.invite)
    return await _let_in(request, link, member.id, then, shared=typed.shared)


async def ask_to_go_on(request: Request, link: Link, name: str) -> Response:
    """A member's own link, opened on another device."""
    return page(request, "public/go_on.html", organization=link.organization, name=name)


async def go_on(request: Request, link: Link, *, shared: bool) -> Response:
    """Sign the member in here, once; nothing ends elsewhere."""
    async with parts_of(request).transaction(link.organization_id) as session:
        used = await use_invite(session, link.organization_id, link.invite.id)
        member = await get_member(session, link.organization_id, used.for_member_id or 0)
        check_device_link(member, used)
    return await let_in(request, link.organization_id, member.id, "/texting", shared=shared)


async def name_behind(session: AsyncSession, link: Link) -> str:
    """Whose device link it is. Raises NotFound where it is nobody's any more."""
    member = await get_member(session, link.organization_id, link.invite.for_member_id or 0)
    check_device_link(member, link.invite)
    return member.signs_as


async def _let_in(request: Request, link: Link, member_id: int, then: str, *, shared: bool) -> Response:
    response = await let_in(request, link.organization_id, member_id, then, shared=shared)
    if shared:
        # The next person at this computer starts by the same link.
        value = f"/join/{link.organization_id}.{link.token}"
        response.set_cookie(START_COOKIE, value, httponly=True, samesite="lax", max_age=12 * 3600)
    return response


async def _end_earlier(request: Request, organization_id: int) -> None:
    """Whoever was here before on a shared computer, and left without signing out, is signed out now."""
    try:
        theirs, token = session_of(request)
    except SignInNeeded:
        return
    if theirs != organization_id:
        return
    async with parts_of(request).transaction(organization_id) as session:
        known = await who_is(session, organization_id, token)
        if known is not None:
            await end_sign_ins(session, organization_id, known.member_id, sign_in_id=known.sign_in_id)


def _where(invite: OpenInvite) -> str:
    return f"/texting/{invite.campaign_id}" if invite.campaign_id else "/texting"


async def _practises(request: Request, organization_id: int) -> bool:
    async with parts_of(request).transaction(organization_id) as session:
        return (await organization_of(session, organization_id)).practice != "off"
