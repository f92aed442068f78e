"""The reply screen: a texter's queue and one conversation beside it, whole or only the part that changes."""

import hashlib
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.speaks import SPOKEN
from textbank.assignments.may_text import come_to_campaigns
from textbank.assignments.take_replies import count_free_replies
from textbank.conversations.ask_captain import mark_answers_seen
from textbank.conversations.inbox import Asked, list_conversations, without
from textbank.conversations.mark import tags, tags_of
from textbank.conversations.next_waiting import next_waiting
from textbank.conversations.queries import thread
from textbank.conversations.read_captain_questions import answers_unseen, asked_by
from textbank.conversations.set_aside import mark_seen
from textbank.web.conversation import answering, conversation_of
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work
from textbank.web.templating import page, redirect

BASE = "/texting/conversations"


def is_fragment(request: Request) -> bool:
    """Whether a script of ours asks for the part that changes, and not a browser for a page."""
    return "x-fragment" in request.headers


async def must_be_mine(work: Work, recipient_id: int) -> None:
    """Raises NotFound for a conversation that is not the visitor's."""
    await thread(work.session, work.organization_id, recipient_id, only_for=work.visitor.member_id)


async def waiting_of(work: Work) -> list[Any]:
    """Who waits for the visitor: alerts first, then who waits longest."""
    me = work.visitor.member_id
    urgent = (await list_conversations(work.session, work.organization_id, Asked("my_alerts", me))).rows
    queue = await list_conversations(work.session, work.organization_id, Asked("my_waiting", me))
    return urgent + without(queue.rows, urgent)


async def shared_of(work: Work, open_id: int = 0) -> dict[str, Any]:
    """Whom one could take, and where a captain has answered; what is open is read, and marked nowhere."""
    me = work.visitor.member_id
    unseen = await answers_unseen(work.session, work.organization_id, me)
    if open_id in unseen:
        await mark_answers_seen(work.session, work.organization_id, open_id, member_id=me)
    free = await count_free_replies(work.session, work.organization_id, me)
    return {"free": free, "unseen": [each for each in unseen if each != open_id]}


async def asked_captain_of(work: Work, recipient_id: int) -> list[Any]:
    """What the visitor asked a captain about a conversation."""
    return await asked_by(work.session, work.organization_id, recipient_id, work.visitor.member_id)


async def queue_of(work: Work, open_id: int = 0) -> dict[str, Any]:
    """The whole list: who waits, who was put off, and the latest of the others."""
    me = work.visitor.member_id
    await come_to_campaigns(work.session, work.organization_id, me)
    waiting = await waiting_of(work)
    later = await list_conversations(work.session, work.organization_id, Asked("my_later", me))
    latest = await list_conversations(work.session, work.organization_id, Asked("mine", me))
    others = [row for row in without(latest.rows, waiting) if row.needs_reply_since is None]
    shared = await shared_of(work, open_id)
    return {"waiting": waiting, "later": later.rows, "others": others, **shared}


async def screen(request: Request, work: Work, recipient_id: int | None = None, **more: Any) -> HTMLResponse:
    """The page with one conversation open, or none; for our scripts, the conversation alone."""
    status = more.pop("status", 200)
    accepted = more.pop("accepted", False)
    shown = await _pane(request, work, recipient_id, **more) if recipient_id else {"head": None, "notice": ""}
    shown["notice"] = shown["notice"] or more.get("notice", "")
    if is_fragment(request):
        if recipient_id:
            of = (work.session, work.organization_id, recipient_id)
            await mark_answers_seen(*of, member_id=work.visitor.member_id)
        answer = page(request, "texter/_pane.html", status_code=status, base=BASE, **shown)
        answer.headers["X-Conversation"] = str(recipient_id or 0)
        if accepted:
            answer.headers["X-Accepted"] = "1"
        return answer
    queue = await queue_of(work, recipient_id or 0)
    return page(
        request,
        "texter/conversations.html",
        status_code=status,
        base=BASE,
        current=recipient_id or 0,
        **queue,
        **shown,
    )


async def go_on(request: Request, work: Work, recipient_id: int, notice: str) -> Response:
    """What comes after a conversation that is done with: the next one that waits."""
    following = await next_waiting(
        work.session, work.organization_id, member_id=work.visitor.member_id, after=recipient_id
    )
    if is_fragment(request):
        return await screen(request, work, following, notice=notice, accepted=True)
    return redirect(request, f"{BASE}/{following}" if following else BASE, notice)


async def stay(request: Request, work: Work, recipient_id: int, notice: str = "") -> Response:
    """Back to the conversation after something was done in it."""
    if is_fragment(request):
        return await screen(request, work, recipient_id, notice=notice)
    return redirect(request, f"{BASE}/{recipient_id}", notice or None)


def tag_of(html: bytes) -> str:
    """What a script sends back to be told only of what is new."""
    return hashlib.sha256(html).hexdigest()[:16]


async def _pane(
    request: Request,
    work: Work,
    recipient_id: int,
    *,
    before: int | None = None,
    typed: str = "",
    error: str = "",
    after_option: int = 0,
    notice: str = "",
    question: str = "",
) -> dict[str, Any]:
    of = (work.session, work.organization_id, recipient_id)
    shown = await conversation_of(work, recipient_id, only_mine=True, before=before)
    head, said = shown["head"], shown["said"]
    me = work.visitor.member_id
    if said and before is None:
        await mark_seen(*of, said[-1].id, member_id=me)
    marked = await tags_of(*of)
    following = await next_waiting(work.session, work.organization_id, member_id=me, after=recipient_id)
    box = await answering(work, head, said, typed=typed, error=error, after_option=after_option)
    labels = [option.label for each in box["asked"] for option in each.options if option.id == after_option]
    noted = " ".join((gettext_of(request)("Noted:"), *labels)) if labels else ""
    return {
        **shown,
        **box,
        "notice": notice or noted,
        "question": question,
        "asked_captain": await asked_captain_of(work, recipient_id),
        "following": following,
        "marked": marked,
        "tags": await tags(work.session, work.organization_id),
        "spoken": SPOKEN,
        "pictures_at": f"{BASE}/{recipient_id}/pictures",
    }
