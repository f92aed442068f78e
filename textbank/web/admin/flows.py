"""Flows: the list of them, and the editor with a simulated phone beside it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.contacts.lists import list_names
from textbank.errors import TextbankError
from textbank.flows.document import Document
from textbank.flows.draft import (
    NEWEST,
    FlowShown,
    draft_problems,
    make_flow,
    read_flow,
    read_flows,
    save_draft,
)
from textbank.flows.starters import STARTERS, starter
from textbank.flows.validate import LONGEST_WORDS, MOST_STEPS
from textbank.language import N_
from textbank.web.admin.flow_form import MEMBERS, NEW_KINDS, changed, read_steps
from textbank.web.admin.flow_phone import Holder, read_holder, shown_on_phone
from textbank.web.admin.flow_view import LANGUAGES, shown_steps, told_problem
from textbank.web.admin.flow_words import KNOWN, STEPS
from textbank.web.admin.flow_words import MEMBERS as MEMBERS_SHOWN
from textbank.web.admin.keyset import After, RowId, chosen_id
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/flows")

_CHANGED_MEANWHILE = N_(
    "Somebody changed this flow while you did. What you see is yours and is not saved: save again to put it "
    "in the place of theirs, or open the flow in another tab to compare."
)


@router.get("")
async def show(
    request: Request, work: Annotated[Work, organizer], before: After = NEWEST, archived: str = ""
) -> HTMLResponse:
    """All of them, or those that were put away."""
    return await _flows(request, work, before=before, archived=archived == "yes")


@router.post("")
async def make(
    request: Request,
    work: Annotated[Work, organizer],
    name: Annotated[str, Form(max_length=200)] = "",
    begin: Annotated[str, Form(max_length=20)] = "join",
    list_id: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Make one that says something already."""
    chosen = chosen_id(list_id)
    try:
        async with work.attempt():
            made = await make_flow(
                work.session,
                work.organization_id,
                name,
                list_id=chosen,
                document=starter(begin, work.visitor.organization_name),
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        typed = {"name": name, "begin": begin, "list_id": list_id}
        return await _flows(request, work, typed=typed, fault=told(request, error), status=error.status)
    return redirect(request, f"/flows/{made}")


@router.get("/{flow_id}")
async def one(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> HTMLResponse:
    """The draft as it stands, and the phone."""
    flow = await read_flow(work.session, work.organization_id, flow_id)
    return await _editor(request, work, flow)


@router.post("/{flow_id}")
async def change(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> Response:
    """Keep the draft as typed, whichever button was pressed; then do what the button says."""
    form = await request.form()
    if form.get("do") == "enter" and str(form.get("phone.text", "")).strip():
        return await try_it(request, work, flow_id)
    flow = await read_flow(work.session, work.organization_id, flow_id)
    do = str(form.get("do", "save"))
    after = changed(
        read_steps(form), do, kind=str(form.get("add.kind", "")), after=str(form.get("add.after", ""))
    )
    typed = _typed(form)
    if form.get("seen") != flow.changed_at.isoformat() and after.document != flow.draft:
        fault = gettext_of(request)(_CHANGED_MEANWHILE)
        return await _editor(
            request, work, flow, document=after.document, typed=typed, meanwhile=fault, status=422
        )
    try:
        async with work.attempt():
            await _save(work, flow, typed, after.document)
    except TextbankError as error:
        return await _editor(
            request, work, flow, document=after.document, typed=typed, fault=told(request, error), status=422
        )
    if "hx-request" in request.headers:
        flow = await read_flow(work.session, work.organization_id, flow_id)
        stays = do.startswith(("up:", "down:"))  # the focus is on a button that is still there
        return await _editor(request, work, flow, at="" if stays else after.at, holder=read_holder(form))
    return _kept(request, flow_id, do, after.at)


@router.post("/{flow_id}/try")
async def try_it(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> HTMLResponse:
    """What the steps, as they are typed at this moment, say to these texts. Nothing is stored or sent."""
    form = await request.form()
    flow = await read_flow(work.session, work.organization_id, flow_id)
    return await _editor(
        request,
        work,
        flow,
        document=read_steps(form),
        typed=_typed(form),
        holder=read_holder(form),
        seen=str(form.get("seen", "")),
        fragment="admin/_flow_phone.html",
    )


def _kept(request: Request, flow_id: int, do: str, at: str) -> Response:
    """Where to go on once the draft is kept."""
    if do == "publish":
        return redirect(request, f"/flows/{flow_id}/publish")
    if at:
        return redirect(request, f"/flows/{flow_id}#step-{at}-title")
    return redirect(request, f"/flows/{flow_id}", gettext_of(request)("The draft was saved."))


def _typed(form: Any) -> dict[str, str]:
    return {"name": str(form.get("name", "")), "list_id": str(form.get("list_id", ""))}


async def _save(work: Work, flow: FlowShown, typed: dict[str, str], document: Document) -> None:
    list_id = chosen_id(typed["list_id"])
    if (typed["name"], list_id, document) == (flow.name, flow.list_id, flow.draft):
        return
    await save_draft(
        work.session,
        work.organization_id,
        flow.id,
        name=typed["name"],
        list_id=list_id,
        document=document,
        actor=work.visitor.actor,
    )


async def _flows(
    request: Request,
    work: Work,
    *,
    before: int = NEWEST,
    archived: bool = False,
    typed: dict[str, str] | None = None,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    flows, older = await read_flows(work.session, work.organization_id, before=before, archived=archived)
    return page(
        request,
        "admin/flows.html",
        status_code=status,
        flows=flows,
        older=older,
        newest=before == NEWEST,
        archived=archived,
        starters=STARTERS.items(),
        lists=await list_names(work.session, work.organization_id),
        typed=typed or {"name": "", "begin": "join", "list_id": ""},
        fault=fault,
    )


async def _editor(
    request: Request,
    work: Work,
    flow: FlowShown,
    *,
    document: Document | None = None,
    typed: dict[str, str] | None = None,
    holder: Holder | None = None,
    at: str = "",
    seen: str = "",
    fault: str = "",
    meanwhile: str = "",
    fragment: str = "admin/_flow_editor.html",
    status: int = 200,
) -> HTMLResponse:
    say = gettext_of(request)
    document = flow.draft if document is None else document
    holder = holder or Holder(language=work.visitor.language if work.visitor.language in LANGUAGES else "en")
    list_id = flow.list_id if typed is None else None
    lists: Sequence[tuple[int, str]] = await list_names(work.session, work.organization_id)
    if typed is not None:
        list_id = next((id_ for id_, _ in lists if str(id_) == typed["list_id"]), None)
    problems = await draft_problems(work.session, work.organization_id, document, list_id)
    return page(
        request,
        fragment if "hx-request" in request.headers else "admin/flow.html",
        status_code=status,
        flow=flow,
        seen=seen or flow.changed_at.isoformat(),
        typed=typed or {"name": flow.name, "list_id": flow.list_id or ""},
        steps=shown_steps(document, problems, say),
        of_all=[told_problem(each, say) for each in problems if not each.step],
        ready=not problems,
        at=at,
        fault=fault,
        meanwhile=meanwhile,
        lists=lists,
        new_kinds=[(kind, say(STEPS[kind])) for kind in NEW_KINDS],
        members=[(member, say(MEMBERS_SHOWN[member])) for member in MEMBERS],
        longest=LONGEST_WORDS,
        most_steps=MOST_STEPS,
        holder=holder,
        members_all=[(key, say(label)) for key, label in MEMBERS_SHOWN.items()],
        known=[(key, say(label)) for key, label in KNOWN.items()],
        talk=shown_on_phone(document, holder, dict(lists), say),
    )
