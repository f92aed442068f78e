"""A texter's own conversations: who waits for an answer first, and one at a time."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.may_text import replies_waiting
from textbank.assignments.script_of import note_answers
from textbank.conversations.assign import close
from textbank.conversations.decide_review import keep_talking
from textbank.conversations.inbox import Asked, list_conversations, without
from textbank.conversations.queries import thread
from textbank.conversations.reply import Sent
from textbank.web.admin.keyset import Before, FormId, RowId
from textbank.web.admin.people import who
from textbank.web.conversation import answering, conversation_of, opt_out_by, try_reply
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/texting/conversations")


@router.get("")
async def mine(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """All that are mine; whoever waits longest for an answer stands first."""
    return await _list(request, work, "texter/conversations.html")


@router.get("/rows")
async def rows(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """The same list, to keep the page fresh."""
    return await _list(request, work, "texter/_conversation_rows.html")


@router.get("/waiting")
async def waiting(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """How many wait for my answer, for whoever is sending first texts meanwhile."""
    count = await replies_waiting(work.session, work.organization_id, work.visitor.member_id)
    return page(request, "texter/_waiting.html", waiting=count)


@router.get("/{recipient_id}")
async def show(
    request: Request, work: Annotated[Work, texter], recipient_id: RowId, before: Before = None
) -> HTMLResponse:
    """One conversation."""
    return await _conversation(request, work, recipient_id, before=before)


@router.get("/{recipient_id}/thread")
async def fresh(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> HTMLResponse:
    """What was said, to keep the page fresh."""
    shown = await conversation_of(work, recipient_id, only_mine=True)
    return page(request, "texter/_thread.html", base="/texting/conversations", **shown)


@router.post("/{recipient_id}/reply")
async def answer(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    body: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=64)] = "",
    seen: FormId = 0,
) -> Response:
    """Answer them, once for one press."""
    await _must_be_mine(work, recipient_id)
    done, words = await try_reply(request, work, recipient_id, body=body, key=key, seen=seen)
    if isinstance(done, Sent):
        return redirect(request, f"/texting/conversations/{recipient_id}")
    return await _conversation(request, work, recipient_id, typed=body, error=words, status=409)


@router.post("/{recipient_id}/answers")
async def note(
    request: Request, work: Annotated[Work, texter], recipient_id: RowId, option_id: FormId
) -> Response:
    """Write down what they answered to a question."""
    await _must_be_mine(work, recipient_id)
    me = work.visitor.member_id
    await note_answers(work.session, work.organization_id, recipient_id, [option_id], member_id=me)
    return redirect(request, f"/texting/conversations/{recipient_id}")


@router.post("/{recipient_id}/opt-out")
async def opt_out(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    why: Annotated[str, Form()] = "asked",
) -> Response:
    """They want no more texts."""
    await _must_be_mine(work, recipient_id)
    await opt_out_by(request, work, recipient_id, why)
    words = gettext_of(request)("They get no more texts from anybody here.")
    return redirect(request, "/texting/conversations", words)


@router.post("/{recipient_id}/go-on")
async def go_on(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """It was no wish to be left alone."""
    await _must_be_mine(work, recipient_id)
    await keep_talking(work.session, work.organization_id, recipient_id, by=who(work))
    return redirect(request, f"/texting/conversations/{recipient_id}")


@router.post("/{recipient_id}/close")
async def done_with(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """Nothing is left to say."""
    await _must_be_mine(work, recipient_id)
    await close(work.session, work.organization_id, recipient_id)
    return redirect(request, "/texting/conversations")


async def _must_be_mine(work: Work, recipient_id: int) -> None:
    await thread(work.session, work.organization_id, recipient_id, only_for=work.visitor.member_id)


async def _list(request: Request, work: Work, template: str) -> HTMLResponse:
    me = work.visitor.member_id
    urgent = (await list_conversations(work.session, work.organization_id, Asked("my_alerts", me))).rows
    queue = await list_conversations(work.session, work.organization_id, Asked("my_waiting", me))
    waiting = urgent + without(queue.rows, urgent)
    latest = await list_conversations(work.session, work.organization_id, Asked("mine", me))
    others = [row for row in without(latest.rows, urgent) if row.needs_reply_since is None]
    return page(request, template, waiting=waiting, others=others)


async def _conversation(
    request: Request,
    work: Work,
    recipient_id: int,
    *,
    before: int | None = None,
    typed: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    shown = await conversation_of(work, recipient_id, only_mine=True, before=before)
    seen = shown["said"][-1].id if shown["said"] else 0
    box = await answering(work, shown["head"], seen, typed=typed, error=error)
    me = work.visitor.member_id
    waiting = await list_conversations(work.session, work.organization_id, Asked("my_waiting", me))
    following = next((row for row in waiting.rows if row.recipient_id != recipient_id), None)
    return page(
        request,
        "texter/conversation.html",
        status_code=status,
        base="/texting/conversations",
        following=following,
        **shown,
        **box,
    )
