"""One conversation in the inbox: read, answer, give to somebody, mark, opt out, close."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.members import list_members
from textbank.assignments.script_of import note_answers
from textbank.conversations.assign import assign, close
from textbank.conversations.decide_review import keep_talking
from textbank.conversations.mark import mark, tags_of, unmark
from textbank.conversations.queries import thread
from textbank.conversations.reply import Sent
from textbank.errors import TextbankError
from textbank.web.admin.inbox import Looking, View, inbox_list
from textbank.web.admin.keyset import Before, FormId, RowId
from textbank.web.admin.people import who
from textbank.web.conversation import answering, conversation_of, opt_out_by, try_reply
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/inbox/{recipient_id}")


@router.get("")
async def show(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    before: Before = None,
) -> HTMLResponse:
    """The thread, beside the list on a wide screen."""
    return await _conversation(request, work, recipient_id, view, before=before)


@router.get("/thread")
async def fresh(request: Request, work: Annotated[Work, captain], recipient_id: RowId) -> HTMLResponse:
    """What was said, to keep the page fresh."""
    shown = await conversation_of(work, recipient_id, only_mine=False)
    return page(request, "texter/_thread.html", base="/inbox", **shown)


@router.post("/reply")
async def answer(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    body: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=64)] = "",
    seen: FormId = 0,
) -> Response:
    """Answer them, once for one press."""
    done, words = await try_reply(request, work, recipient_id, body=body, key=key, seen=seen)
    if isinstance(done, Sent):
        return redirect(request, _here(recipient_id, view))
    return await _conversation(request, work, recipient_id, view, typed=body, error=words, status=409)


@router.post("/assign")
async def give(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    member_id: Annotated[str, Form()] = "",
) -> Response:
    """Give it to a member, or to nobody."""
    await thread(work.session, work.organization_id, recipient_id)
    whom = int(member_id) if member_id.isascii() and member_id.isdigit() and len(member_id) < 19 else None
    await assign(work.session, work.organization_id, recipient_id, whom)
    return redirect(request, _here(recipient_id, view))


@router.post("/tags")
async def put_tag(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    name: Annotated[str, Form()] = "",
) -> Response:
    """Mark it; a tag that is new is made."""
    await thread(work.session, work.organization_id, recipient_id)
    try:
        async with work.attempt():
            await mark(work.session, work.organization_id, recipient_id, name, actor=work.visitor.actor)
    except TextbankError as error:
        return redirect(request, _here(recipient_id, view), told(request, error))
    return redirect(request, _here(recipient_id, view))


@router.post("/tags/{tag_id}/remove")
async def take_tag(
    request: Request, work: Annotated[Work, captain], recipient_id: RowId, tag_id: RowId, view: Looking
) -> Response:
    """Take a mark off."""
    await thread(work.session, work.organization_id, recipient_id)
    await unmark(work.session, work.organization_id, recipient_id, tag_id)
    return redirect(request, _here(recipient_id, view))


@router.post("/answers")
async def note(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    option_id: FormId,
) -> Response:
    """Write down what they answered to a question."""
    await thread(work.session, work.organization_id, recipient_id)
    me = work.visitor.member_id
    await note_answers(work.session, work.organization_id, recipient_id, [option_id], member_id=me)
    return redirect(request, _here(recipient_id, view))


@router.post("/opt-out")
async def opt_out(
    request: Request,
    work: Annotated[Work, captain],
    recipient_id: RowId,
    view: Looking,
    why: Annotated[str, Form()] = "asked",
) -> Response:
    """They want no more texts."""
    await thread(work.session, work.organization_id, recipient_id)
    await opt_out_by(request, work, recipient_id, why)
    words = gettext_of(request)("They get no more texts from anybody here.")
    return redirect(request, _here(recipient_id, view), words)


@router.post("/go-on")
async def go_on(
    request: Request, work: Annotated[Work, captain], recipient_id: RowId, view: Looking
) -> Response:
    """It was no wish to be left alone."""
    await thread(work.session, work.organization_id, recipient_id)
    await keep_talking(work.session, work.organization_id, recipient_id, by=who(work))
    return redirect(request, _here(recipient_id, view))


@router.post("/close")
async def done_with(
    request: Request, work: Annotated[Work, captain], recipient_id: RowId, view: Looking
) -> Response:
    """Nothing is left to say."""
    await thread(work.session, work.organization_id, recipient_id)
    await close(work.session, work.organization_id, recipient_id)
    return redirect(request, f"/inbox?{view.query()}")


def _here(recipient_id: int, view: View) -> str:
    query = view.query()
    return f"/inbox/{recipient_id}" + (f"?{query}" if query else "")


async def _conversation(
    request: Request,
    work: Work,
    recipient_id: int,
    view: View,
    *,
    before: int | None = None,
    typed: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    shown = await conversation_of(work, recipient_id, only_mine=False, before=before)
    box: dict[str, Any] = await answering(work, shown["head"], shown["said"], typed=typed, error=error)
    members, _more = await list_members(work.session, work.organization_id, after=0)
    marked = await tags_of(work.session, work.organization_id, recipient_id)
    beside = await inbox_list(work, view)
    return page(
        request,
        "admin/inbox_conversation.html",
        status_code=status,
        base="/inbox",
        members=[member for member in members if member.disabled_at is None],
        marked=marked,
        **{**beside, "current": recipient_id},
        **shown,
        **box,
    )
