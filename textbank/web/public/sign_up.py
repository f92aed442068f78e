"""The hosted form of a list, which a group's own site may also post to: box, words, number, nothing else.

Everybody is answered the same, whether the number is known, opted out or on the list already: the page must
not tell strangers whose number is known here.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from textbank.errors import InvalidInput, NotFound, TooManyTries
from textbank.keywords.form_words import LANGUAGES
from textbank.keywords.join_by_web import FromTheWeb, join_by_web
from textbank.keywords.web_forms import WebForm, read_form
from textbank.language import N_
from textbank.web.count_tries import address_of, tries_of
from textbank.web.errors import told
from textbank.web.language import gettext_of, language_of
from textbank.web.parts import parts_of
from textbank.web.templating import page

router = APIRouter(prefix="/sign-up/{form}")

TRIES_PER_ADDRESS: Final = 20
"""Forms that one network address may send in ten minutes: a table at a fair shares one."""
_GONE = N_("There is no such form, or it is closed. Nothing was kept.")


@router.get("")
async def show(request: Request, form: str) -> Response:
    """The form."""
    return _page(request, await _open_form(request, form))


@router.post("")
async def sign_up(
    request: Request,
    form: str,
    phone: Annotated[str, Form(max_length=200)] = "",
    agree: Annotated[str, Form(max_length=20)] = "",
    language: Annotated[str, Form(max_length=10)] = "",
    version: Annotated[str, Form(max_length=40)] = "",
    website: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Ask the phone, if the box was ticked under the words as they are now."""
    found = await _open_form(request, form)
    language = language if language in LANGUAGES else language_of(request)
    _ = gettext_of(request)
    if version != found.version(language):
        # What they read is not what stands here: a form elsewhere is old. They read ours and tick again.
        fault = _(N_("Please read this once more and tick the box: the words have changed."))
        return _page(request, found, phone=phone, faults={"agree": fault}, status=422)
    if agree != "yes":
        fault = _(N_("Tick the box if you want these texts. Nothing was kept."))
        return _page(request, found, phone=phone, faults={"agree": fault}, status=422)
    if website:
        return _thanks(found)  # no person sees this field; its program need not know that we saw it
    try:
        await _count(request)
        given = FromTheWeb(
            number=phone,
            language=language,
            shown_by="page" if _is_ours(request) else "own site",
            url=request.headers.get("referer") or str(request.url),
            ip=address_of(request),
            user_agent=request.headers.get("user-agent", ""),
        )
        async with parts_of(request).transaction(found.organization_id) as session:
            await join_by_web(session, found, given)
    except (InvalidInput, TooManyTries) as error:
        faults = {"phone": told(request, error)}
        # The box stays as they left it, if these are the words that they ticked it under.
        ticked = language == language_of(request)
        return _page(request, found, phone=phone, faults=faults, status=error.status, ticked=ticked)
    return _thanks(found)


@router.get("/thanks")
async def thanks(request: Request, form: str) -> Response:
    """What happens next; the same for everybody."""
    return page(request, "public/sign_up_thanks.html", form=await _open_form(request, form))


def _thanks(form: WebForm) -> Response:
    return RedirectResponse(f"{form.path}/thanks", status_code=303)


async def _open_form(request: Request, link: str) -> WebForm:
    organization, dot, list_id = link.partition(".")
    known = [each.isascii() and each.isdigit() and len(each) <= 18 for each in (organization, list_id)]
    if not dot or not all(known):
        raise NotFound(_GONE)
    async with parts_of(request).transaction(int(organization)) as session:
        form = await read_form(session, int(organization), int(list_id))
    if not form.open:
        raise NotFound(_GONE)
    return form


def _is_ours(request: Request) -> bool:
    own = parts_of(request).settings.textbank_public_url.rstrip("/")
    return request.headers.get("origin", own) == own


async def _count(request: Request) -> None:
    """Beside what PostgreSQL counts for each number and organization."""
    if await tries_of(request, "sign-up") > TRIES_PER_ADDRESS:
        raise TooManyTries(N_("Too many sign-ups from this network. Wait ten minutes, then try again."))


def _page(
    request: Request,
    form: WebForm,
    *,
    phone: str = "",
    faults: dict[str, str] | None = None,
    ticked: bool = False,
    status: int = 200,
) -> Response:
    language = language_of(request)
    return page(
        request,
        "public/sign_up.html",
        status_code=status,
        form=form,
        phone=phone,
        faults={"phone": "", "agree": ""} | (faults or {}),
        ticked=ticked,
        words=form.words(language),
        version=form.version(language),
    )
