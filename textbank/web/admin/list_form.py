"""A list's form on the web: open it, see its words, take its address, its code and its HTML."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import escape

from textbank.errors import TextbankError
from textbank.keywords.form_words import LANGUAGES
from textbank.keywords.web_forms import LONGEST, WebForm, change_form, read_form
from textbank.web.admin.keyset import RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/lists/{list_id}/form")

_HTML = {
    "en": ("Mobile number", "Sign up", "Privacy", "Terms"),
    "es": ("Número de celular", "Inscribirme", "Privacidad", "Términos"),
}


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], list_id: RowId) -> HTMLResponse:
    """The form as it stands."""
    form = await read_form(work.session, work.organization_id, list_id)
    return _page(request, form, purpose=form.purpose)


@router.post("")
async def change(
    request: Request,
    work: Annotated[Work, organizer],
    list_id: RowId,
    purpose: Annotated[str, Form(max_length=1000)] = "",
    open_: Annotated[str, Form(alias="open", max_length=10)] = "",
) -> Response:
    """Say what the texts are about; open or close it."""
    try:
        async with work.attempt():
            await change_form(
                work.session,
                work.organization_id,
                list_id,
                purpose=purpose,
                is_open=open_ == "yes",
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        form = await read_form(work.session, work.organization_id, list_id)
        return _page(request, form, purpose=purpose, fault=told(request, error), status=error.status)
    return redirect(request, f"/lists/{list_id}/form", gettext_of(request)("The changes were saved."))


def _page(
    request: Request, form: WebForm, *, purpose: str, fault: str = "", status: int = 200
) -> HTMLResponse:
    base = parts_of(request).settings.textbank_public_url.rstrip("/")
    return page(
        request,
        "admin/list_form.html",
        status_code=status,
        form=form,
        purpose=purpose,
        fault=fault,
        longest=LONGEST,
        address=base + form.path,
        about=f"{base}/about/{form.organization_id}",
        snippets=[(language, _snippet(form, base, language)) for language in LANGUAGES],
        words=[(language, form.words(language)) for language in LANGUAGES],
    )


def _snippet(form: WebForm, base: str, language: str) -> str:
    """The form for a group's own site. Its version names exactly these words, so old copies are noticed."""
    number, send, privacy, terms = _HTML[language]
    about = f"{base}/about/{form.organization_id}"
    return f"""<form method="post" action="{escape(base + form.path)}" lang="{language}">
<input type="hidden" name="language" value="{language}">
<input type="hidden" name="version" value="{form.version(language)}">
<p><label>{number} <input name="phone" type="tel" autocomplete="tel" required></label></p>
<p style="position:absolute;left:-200vw" aria-hidden="true">
<input name="website" tabindex="-1" autocomplete="off"></p>
<p><label><input name="agree" type="checkbox" value="yes" required> {escape(form.words(language))}</label></p>
<p><button>{send}</button> <a href="{about}/privacy">{privacy}</a> <a href="{about}/terms">{terms}</a></p>
</form>
"""
