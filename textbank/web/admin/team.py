"""The team: members and their roles, and links to join by."""

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.invites import make_invite
from textbank.accounts.members import change_role, disable, get_member, list_members, open_invites
from textbank.accounts.roles import LADDER, Role, may_give
from textbank.assignments.take_link_back import take_link_back
from textbank.errors import Conflict, NotAllowed, TextbankError
from textbank.language import N_
from textbank.web.admin.links import secret_of
from textbank.web.errors import told
from textbank.web.language import gettext_of, ngettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/team")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], after: int = 0) -> HTMLResponse:
    """Members, and the links that still work."""
    return await _team(request, work, after=after)


@router.post("/invites")
async def invite(
    request: Request,
    work: Annotated[Work, organizer],
    role: Annotated[Role, Form()],
    head_count: Annotated[int, Form()] = 1,
    days: Annotated[int, Form()] = 7,
) -> HTMLResponse:
    """Make a link, and show it this once."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    try:
        async with work.attempt():
            link = await make_invite(
                work.session,
                work.organization_id,
                by=by,
                role=role,
                head_count=head_count,
                days=days,
                secret=secret_of(request) if role == "texter" else "",
            )
    except TextbankError as error:
        return await _team(request, work, error=told(request, error), status=error.status)
    return await _team(request, work, link=_address(request, link), status=201)


@router.post("/invites/{invite_id}/revoke")
async def take_back(
    request: Request,
    work: Annotated[Work, admin],
    invite_id: int,
    and_people: Annotated[bool, Form()] = False,
) -> Response:
    """Make a link stop working; with `and_people`, sign out everybody who came by it, too."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    gone = await take_link_back(work.session, work.organization_id, invite_id, by=by, and_people=and_people)
    _ = gettext_of(request)
    notice = _("The link was taken back.")
    if and_people:
        ngettext = ngettext_of(request)
        notice = ngettext(
            "The link was taken back, and %(num)s person who came by it.",
            "The link was taken back, and %(num)s people who came by it.",
            gone,
        )
    return redirect(request, "/team", notice)


@router.post("/members/{member_id}/role")
async def give_role(
    request: Request, work: Annotated[Work, admin], member_id: int, role: Annotated[Role, Form()]
) -> Response:
    """Give a member another role."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    member = await get_member(work.session, work.organization_id, member_id)
    await change_role(work.session, by, member, role)
    return redirect(request, "/team", gettext_of(request)("%(name)s has a new role.", name=member.name))


@router.post("/members/{member_id}/password-link")
async def password_link(request: Request, work: Annotated[Work, admin], member_id: int) -> HTMLResponse:
    """Make a link by which a member sets a new password; it works once, for a day."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    member = await get_member(work.session, work.organization_id, member_id)
    if not may_give(by.role, member.role):
        raise NotAllowed(N_("You cannot make a password link for this member. Nothing was made."))
    if member.email is None or member.disabled_at is not None:
        raise Conflict(N_("This member has no e-mail address, or was taken out. Nothing was made."))
    link = await make_invite(
        work.session,
        work.organization_id,
        by=by,
        role=cast("Role", member.role),
        days=1,
        for_member_id=member.id,
    )
    return await _team(request, work, link=_address(request, link), status=201)


@router.post("/members/{member_id}/disable")
async def take_out(
    request: Request,
    work: Annotated[Work, admin],
    member_id: int,
    again: Annotated[bool, Form()] = False,
) -> Response:
    """Take a member out or back in."""
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    member = await get_member(work.session, work.organization_id, member_id)
    await disable(work.session, by, member, again=again)
    _ = gettext_of(request)
    words = _("%(name)s can sign in again.") if again else _("%(name)s was signed out and cannot sign in.")
    return redirect(request, "/team", words % {"name": member.name})


def _address(request: Request, link: str) -> str:
    return f"{parts_of(request).settings.textbank_public_url.rstrip('/')}/join/{link}"


async def _team(
    request: Request, work: Work, *, after: int = 0, link: str = "", error: str = "", status: int = 200
) -> HTMLResponse:
    members, following = await list_members(work.session, work.organization_id, after=after)
    return page(
        request,
        "admin/team.html",
        status_code=status,
        members=members,
        following=following,
        after=after,
        invites=await open_invites(work.session, work.organization_id),
        giveable=[role for role in LADDER if may_give(work.visitor.role, role) or role == "texter"],
        link=link,
        error=error,
    )
