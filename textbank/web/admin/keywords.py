"""Keywords: make one, see what it does and says, reword it, print its poster, retire it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.contacts.lists import list_names
from textbank.errors import TextbankError
from textbank.keywords.change_keyword import LONGEST, change_confirmation, retire_keyword
from textbank.keywords.create_keyword import create_keyword, usable_word
from textbank.keywords.elements import elements
from textbank.keywords.poster import poster_line, read_posters, small_print
from textbank.keywords.read_keywords import NEWEST, number_to_text, read_keyword, read_keywords
from textbank.keywords.warn import warnings_about
from textbank.language import N_
from textbank.sms.segments import count
from textbank.web.admin.keyset import After, RowId
from textbank.web.admin.people import shown_faults
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/keywords")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], before: After = NEWEST) -> HTMLResponse:
    """Every keyword."""
    return await _keywords(request, work, before=before)


@router.post("")
async def make(
    request: Request,
    work: Annotated[Work, organizer],
    word: Annotated[str, Form(max_length=200)] = "",
    list_id: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "en",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Make one; what is wrong with a word, or dangerous about it, is said beside it first."""
    lists = dict(await list_names(work.session, work.organization_id))
    name = next((name for id_, name in lists.items() if str(id_) == list_id), None)
    typed = {"word": word, "list_id": list_id, "language": language}
    if name is None:
        faults = {"list_id": N_("Choose the list that it leads to.")}
        try:
            usable_word(word, language)
        except TextbankError as error:
            faults["word"] = told(request, error)
        return await _keywords(request, work, typed=typed, faults=faults, status=422)
    dangers = [] if sure else await warnings_about(work.session, work.organization_id, word)
    try:
        usable_word(word, language)
        if dangers:
            say = gettext_of(request)
            warned = " ".join(say(one.text).format(other=one.other) for one in dangers)
            return await _keywords(
                request, work, typed=typed | {"warned": "yes"}, faults={"word": warned}, status=422
            )
        async with work.attempt():
            made = await create_keyword(
                work.session, work.organization_id, word, name, language, actor=work.visitor.actor
            )
    except TextbankError as error:
        return await _keywords(
            request, work, typed=typed, faults={"word": told(request, error)}, status=error.status
        )
    notice = gettext_of(request)("%(word)s works now. Text it to try it.", word=made)
    return redirect(request, "/keywords", notice)


@router.get("/{keyword_id}")
async def one(request: Request, work: Annotated[Work, organizer], keyword_id: RowId) -> HTMLResponse:
    """What it does, and what it says."""
    return await _keyword(request, work, keyword_id)


@router.get("/{keyword_id}/poster")
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


@router.post("/{keyword_id}/confirmation")
async def reword(
    request: Request,
    work: Annotated[Work, organizer],
    keyword_id: RowId,
    words: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Keep new words if nothing that they must say is missing."""
    try:
        async with work.attempt():
            await change_confirmation(
                work.session, work.organization_id, keyword_id, words, actor=work.visitor.actor
            )
    except TextbankError as error:
        if error.status == 404:
            raise
        return await _keyword(
            request, work, keyword_id, typed=words, fault=told(request, error), status=error.status
        )
    return redirect(request, f"/keywords/{keyword_id}", gettext_of(request)("The changes were saved."))


@router.post("/{keyword_id}/retire")
async def retire(request: Request, work: Annotated[Work, organizer], keyword_id: RowId) -> Response:
    """Nobody joins by it any more."""
    await retire_keyword(work.session, work.organization_id, keyword_id, actor=work.visitor.actor)
    return redirect(request, "/keywords", gettext_of(request)("The keyword was retired."))


async def _keywords(
    request: Request,
    work: Work,
    *,
    before: int = NEWEST,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    keywords, older = await read_keywords(work.session, work.organization_id, before=before)
    return page(
        request,
        "admin/keywords.html",
        status_code=status,
        keywords=keywords,
        older=older,
        newest=before == NEWEST,
        lists=await list_names(work.session, work.organization_id),
        typed=typed or {"word": "", "list_id": "", "language": work.visitor.language},
        faults=shown_faults(faults, gettext_of(request)),
    )


async def _keyword(
    request: Request,
    work: Work,
    keyword_id: int,
    *,
    typed: str | None = None,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    keyword = await read_keyword(work.session, work.organization_id, keyword_id)
    number = await number_to_text(work.session, work.organization_id)
    words = keyword.words if typed is None else typed
    return page(
        request,
        "admin/keyword.html",
        status_code=status,
        keyword=keyword,
        number=number,
        words=words,
        longest=LONGEST,
        segments=count(keyword.words).segments,
        elements=elements(words, keyword.organization, keyword.list_name),
        fault=fault,
        line=poster_line(
            keyword.word, number or "–", keyword.list_name, keyword.organization, keyword.language
        ),
        small=small_print(keyword.frequency, keyword.help_contact, keyword.language),
    )
