"""Lists: make one, see who is on it and who a blast would reach, give it another name."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.contacts.create_list import create_list
from textbank.contacts.edit_list import edit_list
from textbank.contacts.list_people import COUNTED_TO
from textbank.contacts.lists import NEWEST, STATES, kept_back, list_members, read_list, read_lists
from textbank.errors import TextbankError
from textbank.web.admin.keyset import After, RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/lists")

Name = Annotated[str, Form(max_length=200)]


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], after: After = 0) -> HTMLResponse:
    """Every list."""
    return await _lists(request, work, after=after)


@router.post("")
async def make(
    request: Request, work: Annotated[Work, organizer], name: Name = "", frequency: Name = ""
) -> Response:
    """Make one."""
    try:
        async with work.attempt():
            made = await create_list(
                work.session, work.organization_id, name, frequency, actor=work.visitor.actor
            )
    except TextbankError as error:
        typed = {"name": name, "frequency": frequency}
        return await _lists(request, work, typed=typed, fault=told(request, error), status=error.status)
    return redirect(request, f"/lists/{made.id}", gettext_of(request)("The list was made."))


@router.get("/{list_id}")
async def one(
    request: Request,
    work: Annotated[Work, organizer],
    list_id: RowId,
    state: str = "subscribed",
    after: After = NEWEST,
    before: After = 0,
) -> HTMLResponse:
    """One list and its members in one state."""
    return await _list(request, work, list_id, state=state, after=after, before=before)


@router.post("/{list_id}")
async def edit(
    request: Request,
    work: Annotated[Work, organizer],
    list_id: RowId,
    name: Name = "",
    frequency: Name = "",
    double_opt_in: Annotated[bool, Form()] = False,
) -> Response:
    """Another name or frequency, and whether it asks back."""
    await read_list(work.session, work.organization_id, list_id)
    try:
        async with work.attempt():
            await edit_list(
                work.session,
                work.organization_id,
                list_id,
                name=name,
                frequency=frequency,
                double_opt_in=double_opt_in,
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        typed: dict[str, Any] = {"name": name, "frequency": frequency, "double_opt_in": double_opt_in}
        return await _list(
            request, work, list_id, typed=typed, fault=told(request, error), status=error.status
        )
    return redirect(request, f"/lists/{list_id}", gettext_of(request)("The changes were saved."))


async def _lists(
    request: Request,
    work: Work,
    *,
    after: int = 0,
    typed: dict[str, str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    lists, following = await read_lists(work.session, work.organization_id, after=after)
    return page(
        request,
        "admin/lists.html",
        status_code=status,
        lists=lists,
        following=following,
        after=after,
        typed=typed or {"name": "", "frequency": ""},
        fault=fault,
        counted_to=COUNTED_TO,
    )


async def _list(
    request: Request,
    work: Work,
    list_id: int,
    *,
    state: str = "subscribed",
    after: int = NEWEST,
    before: int = 0,
    typed: dict[str, Any] | None = None,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    o = work.organization_id
    shown = await read_list(work.session, o, list_id)
    state = state if state in STATES else "subscribed"
    members, more = await list_members(work.session, o, list_id, state, after=after, before=before or None)
    path = f"/lists/{list_id}?state={state}"
    previous = f"{path}&before={members[0].id}" if members and (more if before else after < NEWEST) else None
    following = f"{path}&after={members[-1].id}" if members and (before or more) else None
    return page(
        request,
        "admin/list.html",
        status_code=status,
        list=shown,
        state=state,
        members=members,
        previous=previous,
        following=following,
        kept_back=await kept_back(work.session, o, list_id),
        typed=typed
        or {"name": shown.name, "frequency": shown.frequency, "double_opt_in": shown.double_opt_in},
        fault=fault,
        counted_to=COUNTED_TO,
    )
