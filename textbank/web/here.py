"""The routes by which an open conversation tells who else looks at it, for texters and for staff."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from textbank.accounts.roles import Role
from textbank.conversations.queries import thread
from textbank.web.admin.keyset import RowId
from textbank.web.parts import parts_of
from textbank.web.presence import leave, look_in
from textbank.web.signed_in import work_of
from textbank.web.templating import page

router = APIRouter()
_as_captain = asynccontextmanager(work_of("captain"))
_as_texter = asynccontextmanager(work_of("texter"))


@router.post("/texting/conversations/{recipient_id}/here")
async def texter_here(
    request: Request,
    recipient_id: RowId,
    writes: Annotated[bool, Form()] = False,
    gone: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """A texter has it open; only the one whose it is."""
    return await _here(request, recipient_id, "texter", writes=writes, gone=gone)


@router.post("/inbox/{recipient_id}/here")
async def staff_here(
    request: Request,
    recipient_id: RowId,
    writes: Annotated[bool, Form()] = False,
    gone: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Somebody of the staff has it open."""
    return await _here(request, recipient_id, "captain", writes=writes, gone=gone)


async def _here(request: Request, recipient_id: int, role: Role, *, writes: bool, gone: bool) -> HTMLResponse:
    # Valkey may be slow or away: no transaction is open while it is asked.
    visiting = _as_captain if role == "captain" else _as_texter
    async with visiting(request) as work:
        mine = work.visitor.member_id
        only_for = mine if role == "texter" else None
        await thread(work.session, work.organization_id, recipient_id, only_for=only_for)
        organization_id, name = work.organization_id, work.visitor.name.split(" ")[0]
    redis = parts_of(request).redis
    if gone:
        await leave(redis, organization_id, recipient_id, member_id=mine)
        return page(request, "texter/_here.html", others=[])
    others = await look_in(redis, organization_id, recipient_id, member_id=mine, name=name, writes=writes)
    return page(request, "texter/_here.html", others=others)
