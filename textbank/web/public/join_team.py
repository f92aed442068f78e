"""Joining an organization by a link: texters with a name, everybody else with a password."""

from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
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
from textbank.web.public.sign_in import let_in
from textbank.web.signed_in import same_site
from textbank.web.templating import page

router = APIRouter()


@router.get("/join/{link}")
async def show(request: Request, link: str) -> Response:
    """Say what the link leads to, and ask for a name."""
    organization_id, token = _parts(link)
    async with parts_of(request).database.transaction(organization_id) as session:
        invite = await open_invite(session, organization_id, token)
        name = await _organization_name(session, organization_id)
    return _form(request, invite, name, {"name": "", "alias": "", "email": ""})


@router.post("/join/{link}")
async def join(
    request: Request,
    link: str,
    name: Annotated[str, Form()] = "",
    alias: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Make them a member and sign this browser in. What was typed stays where something is missing."""
    if not same_site(request):
        raise NotAllowed(N_("This came from another site. Nothing was changed."))
    organization_id, token = _parts(link)
    database = parts_of(request).database
    async with database.transaction(organization_id) as session:
        invite = await open_invite(session, organization_id, token)
        organization = await _organization_name(session, organization_id)
    if invite.for_member_id is not None:
        return await _new_password(request, organization_id, invite, organization, password)
    typed = {"name": name, "alias": alias, "email": email}
    try:
        hashed = None
        if invite.role != "texter":
            check_strength(password)
            hashed = await hash_password(password)
        async with database.transaction(organization_id) as session:
            await use_invite(session, organization_id, invite.id)
            member = await add_member(
                session,
                organization_id,
                name=name,
                role=invite.role,
                # A texter's form has no such field; an address without a password would only bar its owner.
                email=email if hashed else "",
                password_hash=hashed,
                language=language_of(request),
                invite_id=invite.id,
                actor="invite",
            )
            member.alias = " ".join(alias.split())[:30]
    except NotFound:
        raise
    except TextbankError as error:
        return _form(request, invite, organization, typed, told(request, error), error.status)
    then = f"/texting/{invite.campaign_id}" if invite.campaign_id else "/"
    return await let_in(request, organization_id, member.id, then)


async def _new_password(
    request: Request, organization_id: int, invite: OpenInvite, organization: str, password: str
) -> Response:
    """Set a member's password by the link that an admin made; their other browsers are signed out."""
    try:
        check_strength(password)
    except TextbankError as error:
        return _form(request, invite, organization, {}, told(request, error), error.status)
    hashed = await hash_password(password)
    async with parts_of(request).database.transaction(organization_id) as session:
        used = await use_invite(session, organization_id, invite.id)
        member = await get_member(session, organization_id, cast("int", used.for_member_id))
        if member.role != used.role or member.disabled_at is not None:
            raise NotFound(
                USED_UP
            )  # made for what they were then, by somebody who may not give what they are
        member.password_hash, member.failed_sign_ins, member.locked_until = hashed, 0, None
        await end_sign_ins(session, organization_id, member.id)
        audit.record(session, organization_id, "member.password", actor=f"member {member.id}")
    return await let_in(request, organization_id, member.id, "/")


def _form(
    request: Request,
    invite: OpenInvite,
    organization: str,
    typed: dict[str, str],
    error: str = "",
    status: int = 200,
) -> Response:
    return page(
        request,
        "public/join_team.html",
        status_code=status,
        organization=organization,
        texter=invite.role == "texter",
        new_password=invite.for_member_id is not None,
        form=typed,
        error=error,
    )


async def _organization_name(session: AsyncSession, organization_id: int) -> str:
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise NotFound(USED_UP)
    return organization.name


def _parts(link: str) -> tuple[int, str]:
    organization, dot, token = link.partition(".")
    if not dot or not organization.isascii() or not organization.isdigit() or len(organization) > 18:
        raise NotFound(USED_UP)
    return int(organization), token
