"""One keyword: what it does and says, what follows, its poster, other words for it, and its end."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.errors import InvalidInput, TextbankError
from textbank.flows.asks_for_reserved import asks_for_reserved
from textbank.flows.draft import lead_to_flow
from textbank.flows.offer import published_flows
from textbank.keywords.add_word import add_word
from textbank.keywords.change_keyword import LONGEST, change_confirmation, retire_keyword
from textbank.keywords.create_keyword import usable_word
from textbank.keywords.elements import elements
from textbank.keywords.poster import poster_line, read_posters, small_print
from textbank.keywords.read_keywords import number_to_text, read_keyword
from textbank.keywords.read_related import led_here, same_list, words_in_use
from textbank.keywords.warn import warnings_about
from textbank.language import N_
from textbank.sms.segments import count
from textbank.web.admin.keyset import RowId, chosen_id
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/keywords/{keyword_id}")

_ShortWords = Annotated[str, Form(max_length=200)]
_LongWords = Annotated[str, Form(max_length=5000)]


@router.get("")
async def one(request: Request, work: Annotated[Work, organizer], keyword_id: RowId) -> HTMLResponse:
    """What it does, and what it says."""
    return await _keyword(request, work, keyword_id)


@router.get("/poster")
async def poster(request: Request, work: Annotated[Work, organizer], keyword_id: RowId) -> HTMLResponse:
    """A page to print."""
    posters = await read_posters(work.session, work.organization_id, keyword_id)
    base = parts_of(request).settings.textbank_public_url.rstrip("/")
    return page(
        request,
        "admin/keyword_poster.html",
        posters=posters,
        keyword=posters[0].keyword,
        about=f"{base}/about/{work.organization_id}/terms",
    )


@router.post("/confirmation")
async def reword(
    request: Request, work: Annotated[Work, organizer], keyword_id: RowId, words: _LongWords = ""
) -> Response:
    """Keep new words if nothing that they must say is missing."""
    try:
        _asks_for_nothing_reserved(words)
        async with work.attempt():
            await change_confirmation(
                work.session, work.organization_id, keyword_id, words, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _refused(request, work, keyword_id, error, "words", words=words)
    return redirect(request, f"/keywords/{keyword_id}", gettext_of(request)("The changes were saved."))


@router.post("/flow")
async def lead(
    request: Request, work: Annotated[Work, organizer], keyword_id: RowId, flow_id: _ShortWords = ""
) -> Response:
    """What follows once they are on the list; empty: nothing."""
    chosen = chosen_id(flow_id)
    try:
        async with work.attempt():
            await lead_to_flow(
                work.session, work.organization_id, keyword_id, chosen, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _refused(request, work, keyword_id, error, "flow_id", flow_id=flow_id)
    return redirect(request, f"/keywords/{keyword_id}", gettext_of(request)("The changes were saved."))


@router.post("/words")
async def another_word(
    request: Request,
    work: Annotated[Work, organizer],
    keyword_id: RowId,
    word: _ShortWords = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Another word that means the same; what is dangerous about it is said first."""
    dangers = [] if sure else await warnings_about(work.session, work.organization_id, word)
    try:
        usable_word(word)
        if dangers:
            say = gettext_of(request)
            warned = " ".join(say(one.text).format(other=one.other) for one in dangers)
            return await _keyword(
                request, work, keyword_id, typed={"word": word, "warned": "yes"}, word=warned, status=422
            )
        async with work.attempt():
            made = await add_word(
                work.session, work.organization_id, keyword_id, word, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _refused(request, work, keyword_id, error, "word", word=word)
    notice = gettext_of(request)("%(word)s works now. Text it to try it.", word=made)
    return redirect(request, f"/keywords/{keyword_id}", notice)


@router.post("/retire")
async def retire(
    request: Request,
    work: Annotated[Work, organizer],
    keyword_id: RowId,
    redirect_id: _ShortWords = "",
    ended_words: _LongWords = "",
) -> Response:
    """Nobody joins by it any more; who texts it is led elsewhere, or told that it has ended."""
    leads_to = chosen_id(redirect_id)
    try:
        _asks_for_nothing_reserved(ended_words)
        async with work.attempt():
            await retire_keyword(
                work.session,
                work.organization_id,
                keyword_id,
                actor=work.visitor.actor,
                redirect_id=leads_to,
                ended_words=ended_words,
            )
    except TextbankError as error:
        typed = {"redirect_id": redirect_id, "ended_words": ended_words}
        return await _refused(request, work, keyword_id, error, "retire", **typed)
    return redirect(request, "/keywords", gettext_of(request)("The keyword was retired."))


def _asks_for_nothing_reserved(words: str) -> None:
    """Whoever answered such a text as they are told would be opted out."""
    if (asked := asks_for_reserved(words)) is not None:
        raise InvalidInput(
            N_("It asks for {word}, which already means something else to carriers and to us."), word=asked
        )


async def _refused(
    request: Request, work: Work, keyword_id: int, error: TextbankError, field: str, **typed: str
) -> HTMLResponse:
    """The page with what was typed, and the reason beside it."""
    if error.status == 404 and field != "flow_id":
        raise error
    await read_keyword(work.session, work.organization_id, keyword_id)
    faults: dict[str, Any] = {field: told(request, error)}
    return await _keyword(request, work, keyword_id, typed=typed, status=error.status, **faults)


async def _keyword(
    request: Request,
    work: Work,
    keyword_id: int,
    *,
    typed: dict[str, str] | None = None,
    status: int = 200,
    **faults: str,
) -> HTMLResponse:
    session, o = work.session, work.organization_id
    keyword = await read_keyword(session, o, keyword_id)
    number = await number_to_text(session, o)
    typed = typed or {}
    words = typed.get("words", keyword.words)
    flows = list(await published_flows(session, o))
    if keyword.flow_id is not None and not keyword.flow_runs:
        flows.append((keyword.flow_id, keyword.flow_name or ""))
    in_use = await words_in_use(session, o)
    return page(
        request,
        "admin/keyword.html",
        status_code=status,
        keyword=keyword,
        number=number,
        words=words,
        typed=typed,
        faults={name: faults.get(name, "") for name in ("words", "flow_id", "word", "retire")},
        longest=LONGEST,
        segments=count(keyword.words).segments,
        elements=elements(words, keyword.organization, keyword.list_name),
        flows=flows,
        same=await same_list(session, o, keyword_id),
        led_here=await led_here(session, o, keyword_id),
        in_use=[(one.id, one.word) for one in in_use if one.id != keyword_id],
        line=poster_line(
            keyword.word, number or "–", keyword.list_name, keyword.organization, keyword.language
        ),
        small=small_print(keyword.frequency, keyword.help_contact, keyword.language),
    )
