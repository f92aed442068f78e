"""Captains look after texters: let them in, help them back, suspend them with a reason, let them go on."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.approve import approve
from textbank.accounts.list_texters import list_texters
from textbank.accounts.members import get_member
from textbank.accounts.speaks import SPOKEN
from textbank.accounts.use_another_device import link_for_device
from textbank.assignments.suspend import LONGEST_REASON, let_go_on, suspend
from textbank.errors import Conflict, TextbankError
from textbank.web.admin.keyset import RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/texters")


@router.get("")
async def show(request: Request, work: Annotated[Work, captain], after: int = 0) -> HTMLResponse:
    """Who waits for a captain, and everybody."""
    return await _texters(request, work, after=after)


@router.get("/waiting")
async def waiting(request: Request, work: Annotated[Work, captain]) -> HTMLResponse:
    """Who waits, to keep the page fresh."""
    shown = await _who_waits(work)
    return page(request, "admin/_texters_waiting.html", **shown)


@router.post("/{member_id}/approve")
async def let_in(request: Request, work: Annotated[Work, captain], member_id: RowId) -> Response:
    """One tap, and their own page goes on by itself."""
    say = gettext_of(request)
    member = await get_member(work.session, work.organization_id, member_id)
    try:
        async with work.attempt():
            await approve(work.session, work.organization_id, member_id, actor=work.visitor.actor)
    except Conflict:
        # Another captain was quicker: what was wanted is so.
        return redirect(request, "/texters", say("%(name)s may text already.", name=member.name))
    return redirect(request, "/texters", say("%(name)s may text now.", name=member.name))


@router.post("/{member_id}/link")
async def come_back(request: Request, work: Annotated[Work, captain], member_id: RowId) -> HTMLResponse:
    """A link that signs a texter in on another phone, once."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    member = await get_member(work.session, work.organization_id, member_id)
    try:
        async with work.attempt():
            link = await link_for_device(work.session, member, by=by)
    except TextbankError as error:
        return await _texters(request, work, error=told(request, error), status=error.status)
    base = parts_of(request).settings.textbank_public_url.rstrip("/")
    return page(request, "admin/texter_link.html", member=member, address=f"{base}/join/{link}")


@router.post("/{member_id}/suspend")
async def stop_them(
    request: Request,
    work: Annotated[Work, captain],
    member_id: RowId,
    because: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    """Suspend them, and take back whom they hold."""
    member = await get_member(work.session, work.organization_id, member_id)
    try:
        async with work.attempt():
            taken = await suspend(
                work.session, work.organization_id, member_id, because=because, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _texters(request, work, error=told(request, error), status=error.status)
    words = gettext_of(request)(
        "%(name)s sends nothing now. Others can go on with %(people)s people and %(conversations)s "
        "conversations.",
        name=member.name,
        people=taken.people,
        conversations=taken.conversations,
    )
    return redirect(request, "/texters", words)


@router.post("/{member_id}/go-on")
async def go_on(request: Request, work: Annotated[Work, captain], member_id: RowId) -> Response:
    """Let them text again."""
    member = await get_member(work.session, work.organization_id, member_id)
    try:
        async with work.attempt():
            await let_go_on(work.session, work.organization_id, member_id, actor=work.visitor.actor)
    except TextbankError as error:
        return await _texters(request, work, error=told(request, error), status=error.status)
    return redirect(request, "/texters", gettext_of(request)("%(name)s may text now.", name=member.name))


async def _who_waits(work: Work) -> dict[str, Any]:
    new, _ = await list_texters(work.session, work.organization_id, "waiting")
    suspended, _ = await list_texters(work.session, work.organization_id, "suspended")
    return {"new": new, "suspended": suspended, "spoken": SPOKEN}


async def _texters(
    request: Request, work: Work, *, after: int = 0, error: str = "", status: int = 200
) -> HTMLResponse:
    texters, following = await list_texters(work.session, work.organization_id, after=after)
    return page(
        request,
        "admin/texters.html",
        status_code=status,
        texters=texters,
        following=following,
        after=after,
        longest=LONGEST_REASON,
        error=error,
        **await _who_waits(work),
    )
