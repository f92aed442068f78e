"""Keywords: the list of them, and the form that makes one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.contacts.lists import list_names
from textbank.errors import TextbankError
from textbank.flows.draft import lead_to_flow
from textbank.flows.offer import published_flows
from textbank.keywords.create_keyword import create_keyword, usable_word
from textbank.keywords.read_keywords import NEWEST, read_keywords
from textbank.keywords.read_related import keyword_of
from textbank.keywords.warn import warnings_about
from textbank.language import N_
from textbank.web.admin.keyset import After, chosen_id
from textbank.web.admin.people import shown_faults
from textbank.web.errors import told
from textbank.web.language import gettext_of
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
    flow_id: Annotated[str, Form()] = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Make one; what is wrong with a word, or dangerous about it, is said beside it first."""
    lists = dict(await list_names(work.session, work.organization_id))
    name = next((name for id_, name in lists.items() if str(id_) == list_id), None)
    typed = {"word": word, "list_id": list_id, "language": language, "flow_id": flow_id}
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
            made, keyword_id = await _made(work, word, name, language, flow_id)
    except TextbankError as error:
        return await _keywords(
            request, work, typed=typed, faults={"word": told(request, error)}, status=error.status
        )
    notice = gettext_of(request)("%(word)s works now. Text it to try it.", word=made)
    return redirect(request, f"/keywords/{keyword_id}", notice)


async def _made(work: Work, word: str, list_name: str, language: str, flow_id: str) -> tuple[str, int]:
    actor = work.visitor.actor
    made = await create_keyword(work.session, work.organization_id, word, list_name, language, actor=actor)
    keyword_id = await keyword_of(work.session, work.organization_id, made)
    if (chosen := chosen_id(flow_id)) is not None:
        await lead_to_flow(work.session, work.organization_id, keyword_id, chosen, actor=actor)
    return made, keyword_id


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
        flows=await published_flows(work.session, work.organization_id),
        typed=typed or {"word": "", "list_id": "", "language": work.visitor.language, "flow_id": ""},
        faults=shown_faults(faults, gettext_of(request)),
    )
