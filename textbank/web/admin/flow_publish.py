"""A flow's versions: publish the draft, let nobody begin it, put it away."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.members import names_of
from textbank.errors import TextbankError
from textbank.flows.archive import archive_flow, restore_flow
from textbank.flows.draft import draft_problems, publish_flow, read_flow, unpublish_flow
from textbank.flows.read_versions import COUNTED_TO, NEWEST, count_on_the_way, read_versions
from textbank.language import N_
from textbank.web.admin.audit_words import who_told
from textbank.web.admin.flow_view import shown_steps, told_problem
from textbank.web.admin.keyset import After, RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/flows/{flow_id}")

_BIGGEST = 2**31 - 1
_CHANGED_SINCE = N_(
    "Somebody changed the draft since you saw it. Nothing was published; look at it again first."
)


@router.get("/publish")
async def show(
    request: Request, work: Annotated[Work, organizer], flow_id: RowId, before: After = NEWEST
) -> HTMLResponse:
    """What publishing changes and for whom, what speaks against it, and every version there was."""
    return await _page(request, work, flow_id, before=min(before, _BIGGEST))


@router.post("/publish")
async def publish(
    request: Request,
    work: Annotated[Work, organizer],
    flow_id: RowId,
    seen: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """New runs follow the draft from now on, if it is what was seen and nothing speaks against it."""
    flow = await read_flow(work.session, work.organization_id, flow_id)
    if seen and seen != flow.changed_at.isoformat():
        return await _page(request, work, flow_id, fault=gettext_of(request)(_CHANGED_SINCE), status=409)
    try:
        async with work.attempt():
            version = await publish_flow(
                work.session, work.organization_id, flow_id, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _page(request, work, flow_id, fault=told(request, error), status=error.status)
    notice = gettext_of(request)("Version %(version)s is published.", version=version)
    return redirect(request, f"/flows/{flow_id}/publish", notice)


@router.post("/unpublish")
async def unpublish(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> Response:
    """Nobody begins it any more."""
    await read_flow(work.session, work.organization_id, flow_id)
    await unpublish_flow(work.session, work.organization_id, flow_id, actor=work.visitor.actor)
    notice = gettext_of(request)("Nobody begins this flow any more. It is a draft now.")
    return redirect(request, f"/flows/{flow_id}/publish", notice)


@router.post("/archive")
async def archive(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> Response:
    """Put it away."""
    try:
        async with work.attempt():
            await archive_flow(work.session, work.organization_id, flow_id, actor=work.visitor.actor)
    except TextbankError as error:
        if error.status == 404:
            raise
        return await _page(request, work, flow_id, fault=told(request, error), status=error.status)
    return redirect(request, "/flows", gettext_of(request)("The flow was archived."))


@router.post("/restore")
async def restore(request: Request, work: Annotated[Work, organizer], flow_id: RowId) -> Response:
    """Take it out again."""
    await restore_flow(work.session, work.organization_id, flow_id, actor=work.visitor.actor)
    return redirect(request, f"/flows/{flow_id}", gettext_of(request)("The flow is a draft now."))


async def _page(
    request: Request,
    work: Work,
    flow_id: int,
    *,
    before: int = NEWEST,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    session, o, say = work.session, work.organization_id, gettext_of(request)
    flow = await read_flow(session, o, flow_id)
    problems = await draft_problems(session, o, flow.draft, flow.list_id)
    versions, older = await read_versions(session, o, flow_id, before=before)
    names = await names_of(session, o, [each.published_by for each in versions])
    return page(
        request,
        "admin/flow_publish.html",
        status_code=status,
        flow=flow,
        fault=fault,
        wrong=[each for each in shown_steps(flow.draft, problems, say) if each.problems],
        of_all=[told_problem(each, say) for each in problems if not each.step],
        versions=[(each, who_told(request, each.published_by, names)) for each in versions],
        older=older,
        newest=before == NEWEST,
        on_the_way=await count_on_the_way(session, o, flow_id),
        counted_to=COUNTED_TO,
    )
