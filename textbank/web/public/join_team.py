"""Joining an organization by a link: texters with a name (`start.py`), everybody else with a password."""

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.add_member import add_member
from textbank.accounts.invites import USED_UP, OpenInvite, open_invite, use_invite
from textbank.accounts.members import get_member
from textbank.accounts.models import Organization
from textbank.accounts.passwords import check_strength, hash_password
from textbank.accounts.sign_in import end_sign_ins
from textbank.errors import NotAllowed, NotFound, TextbankError
from textbank.language import N_
from textbank.web.errors import told
from textbank.web.language import language_of
from textbank.web.parts import parts_of
from textbank.web.public import start
from textbank.web.public.sign_in import let_in
from textbank.web.signed_in import same_site
from textbank.web.templating import page

router = APIRouter()


class Joining(BaseModel):
    """What any of the pages behind a link asks for."""

    name: str = Field("", max_length=200)
    alias: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    languages: list[str] = []
    shared: bool = False
    email: str = Field("", max_length=300)
    password: str = Field("", max_length=1_000)


@router.get("/join/{link}")
async def show(request: Request, link: str) -> Response:
    """Say what the link leads to, and ask for a name. Who has a session here is put on it at once."""
    organization_id = organization_in(link)
    async with parts_of(request).transaction(organization_id) as session:
        try:
            opened = await _open(session, link)
        except NotFound:
            # Who came by it once, and comes by it again when it is used up, has a session all the same.
            if await start.somebody_here(request, session, organization_id) is None:
                raise
            return RedirectResponse("/texting", status_code=303)
        if await _is_for_a_device(session, opened):
            return await start.ask_to_go_on(request, opened, await start.name_behind(session, opened))
        if _is_for_texters(opened.invite):
            here = await start.somebody_here(request, session, opened.organization_id)
            if here is not None:
                return await start.put_on(session, opened, here)
    if _is_for_texters(opened.invite):
        return await start.ask(request, opened)
    return _form(request, opened, {"name": "", "alias": "", "email": ""})


@router.post("/join/{link}")
async def join(
    request: Request,
    link: str,
    form: Annotated[Joining, Form()],
) -> Response:
    """Make them a member and sign this browser in. What was typed stays where something is missing."""
    if not same_site(request):
        raise NotAllowed(N_("This came from another site. Nothing was changed."))
    async with parts_of(request).transaction(organization_in(link)) as session:
        opened = await _open(session, link)
        for_device = await _is_for_a_device(session, opened)
        here = None
        if _is_for_texters(opened.invite):
            # The form was open in two tabs, or sent twice: one member all the same.
            here = await start.somebody_here(request, session, opened.organization_id)
            if here is not None:
                return await start.put_on(session, opened, here)
    if for_device:
        return await start.go_on(request, opened, shared=form.shared)
    if opened.invite.for_member_id is not None:
        return await _new_password(request, opened, form.password)
    if _is_for_texters(opened.invite):
        typed = start.Typed(form.name, form.alias, form.phone, form.languages, form.shared)
        return await start.start(request, opened, typed)
    return await _join_staff(request, opened, {"name": form.name, "email": form.email}, form.password)


async def _join_staff(request: Request, opened: start.Link, typed: dict[str, str], password: str) -> Response:
    invite, organization_id = opened.invite, opened.organization_id
    try:
        check_strength(password)
        hashed = await hash_password(password)
        async with parts_of(request).transaction(organization_id) as session:
            await use_invite(session, organization_id, invite.id)
            member = await add_member(
                session,
                organization_id,
                name=typed["name"],
                role=invite.role,
                email=typed["email"],
                password_hash=hashed,
                language=language_of(request),
                invite_id=invite.id,
                actor="invite",
            )
    except NotFound:
        raise
    except TextbankError as error:
        return _form(request, opened, typed, told(request, error), error.status)
    then = f"/texting/{invite.campaign_id}" if invite.campaign_id else "/"
    return await let_in(request, organization_id, member.id, then)


async def _new_password(request: Request, opened: start.Link, password: str) -> Response:
    """Set a member's password by the link that an admin made; their other browsers are signed out."""
    organization_id = opened.organization_id
    try:
        check_strength(password)
    except TextbankError as error:
        return _form(request, opened, {}, told(request, error), error.status)
    hashed = await hash_password(password)
    async with parts_of(request).transaction(organization_id) as session:
        used = await use_invite(session, organization_id, opened.invite.id)
        member = await get_member(session, organization_id, cast("int", used.for_member_id))
        if member.role != used.role or member.disabled_at is not None:
            raise NotFound(
                USED_UP
            )  # made for what they were then, by somebody who may not give what they are
        member.password_hash, member.failed_sign_ins, member.locked_until = hashed, 0, None
        await end_sign_ins(session, organization_id, member.id)
        audit.record(session, organization_id, "member.password", actor=f"member {member.id}")
    return await let_in(request, organization_id, member.id, "/")


def organization_in(link: str) -> int:
    """The organization that a link names. Raises NotFound for what is no link."""
    organization, dot, _ = link.partition(".")
    if not dot or not organization.isascii() or not organization.isdigit() or len(organization) > 18:
        raise NotFound(USED_UP)
    return int(organization)


async def _open(session: AsyncSession, link: str) -> start.Link:
    organization_id, token = organization_in(link), link.partition(".")[2]
    invite = await open_invite(session, organization_id, token)
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise NotFound(USED_UP)
    return start.Link(organization_id, organization.name, invite, token)


def _is_for_texters(invite: OpenInvite) -> bool:
    return invite.role == "texter" and invite.for_member_id is None


async def _is_for_a_device(session: AsyncSession, opened: start.Link) -> bool:
    """Whether the link signs one texter in, who has no password that it could set."""
    if opened.invite.for_member_id is None or opened.invite.role != "texter":
        return False
    member = await get_member(session, opened.organization_id, opened.invite.for_member_id)
    return member.email is None


def _form(
    request: Request, opened: start.Link, typed: dict[str, str], error: str = "", status: int = 200
) -> Response:
    return page(
        request,
        "public/join_team.html",
        status_code=status,
        organization=opened.organization,
        new_password=opened.invite.for_member_id is not None,
        form=typed,
        error=error,
    )
