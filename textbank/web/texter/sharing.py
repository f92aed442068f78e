"""A texter takes people who wait for somebody, and asks a captain what to say."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from textbank.assignments.take_replies import take_replies
from textbank.conversations.ask_captain import ask_captain
from textbank.errors import TextbankError
from textbank.web.admin.keyset import RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of, ngettext_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import redirect
from textbank.web.texter.reply_screen import BASE, must_be_mine, screen, stay

router = APIRouter(prefix=BASE)


@router.post("/take")
async def take(request: Request, work: Annotated[Work, texter]) -> Response:
    """Some of those who wait for anybody are mine now; the one who waits longest is open."""
    taken = await take_replies(work.session, work.organization_id, work.visitor.member_id)
    if not taken:
        words = gettext_of(request)(
            "There is nobody for you just now: others were quicker, or those whom you have come first."
        )
        return redirect(request, BASE, words)
    say = ngettext_of(request)
    words = say("%(num)s person is yours now.", "%(num)s people are yours now.", len(taken))
    return redirect(request, f"{BASE}/{taken[0]}", words)


@router.post("/{recipient_id}/ask")
async def ask(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    question: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """A captain answers, in this conversation."""
    await must_be_mine(work, recipient_id)
    me = work.visitor.member_id
    try:
        async with work.attempt():
            await ask_captain(work.session, work.organization_id, recipient_id, question, member_id=me)
    except TextbankError as error:
        words = told(request, error)
        return await screen(request, work, recipient_id, error=words, question=question, status=error.status)
    return await stay(request, work, recipient_id, gettext_of(request)("A captain has your question."))
