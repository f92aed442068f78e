"""An organization's own phrases and alert words, with a box to try a text in."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.conversations.change_own_phrases import (
    LONGEST,
    add_own_phrase,
    list_own_phrases,
    retire_own_phrase,
)
from textbank.conversations.listen_for import listen
from textbank.errors import TextbankError
from textbank.sms.classify import classify
from textbank.sms.own_phrases import ALERT_WORDS, key_of
from textbank.web.admin.keyset import RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/phrases")

_LONGEST_TEXT = 1_600


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], text: str = "") -> HTMLResponse:
    """Those in use; with a text, how it is understood."""
    return await _page(request, work, text=text[:_LONGEST_TEXT])


@router.post("")
async def add(
    request: Request,
    work: Annotated[Work, organizer],
    phrase: Annotated[str, Form(max_length=1000)] = "",
    meaning: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Use a phrase from now on."""
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await add_own_phrase(work.session, work.organization_id, phrase=phrase, meaning=meaning, by=by)
    except TextbankError as error:
        return await _page(request, work, phrase=phrase, meaning=meaning, error=error)
    return redirect(request, "/phrases", gettext_of(request)("It is understood so from now on."))


@router.post("/{phrase_id}/remove")
async def remove(request: Request, work: Annotated[Work, organizer], phrase_id: RowId) -> Response:
    """Use it no more."""
    await retire_own_phrase(work.session, work.organization_id, phrase_id, by=work.visitor.member_id)
    return redirect(request, "/phrases", gettext_of(request)("The phrase is not used any more."))


async def _page(
    request: Request,
    work: Work,
    *,
    text: str = "",
    phrase: str = "",
    meaning: str = "",
    error: TextbankError | None = None,
) -> HTMLResponse:
    tried = None
    if text.strip():
        tried = await listen(work.session, work.organization_id, text, classify(text))
    phrases = await list_own_phrases(work.session, work.organization_id)
    off = {key_of(each.phrase): each.id for each in phrases if each.meaning == "no_alert"}
    return page(
        request,
        "admin/phrases.html",
        status_code=error.status if error else 200,
        phrases=[each for each in phrases if each.meaning != "no_alert"],
        alert_words=[(word, off.get(key_of(word))) for word in ALERT_WORDS],
        text=text,
        tried=tried,
        phrase=phrase,
        meaning=meaning,
        longest=LONGEST,
        error=told(request, error) if error else "",
    )
