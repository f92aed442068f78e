"""Import a file in five steps: file, columns, basis, list, a look at what would happen; then it runs."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.consent.basis import Answer
from textbank.consent.choose_import import (
    NEWEST,
    check,
    choose,
    chosen_from,
    faults_of_columns,
    list_imports,
    read_import,
)
from textbank.contacts.create_list import create_list
from textbank.contacts.import_models import ContactImport
from textbank.contacts.lists import list_names
from textbank.contacts.map_columns import NAMES, columns_from, looks_like_a_contact
from textbank.contacts.upload import beginning_of, keep_upload
from textbank.errors import TextbankError
from textbank.language import N_
from textbank.web.admin.basis_form import Answered
from textbank.web.admin.import_upload import MOST_SENT, Arrived, pieces, uploaded
from textbank.web.admin.keyset import After, RowId
from textbank.web.admin.people import shown_faults
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/people")


@router.get("/imports")
async def history(request: Request, work: Annotated[Work, organizer], before: After = NEWEST) -> HTMLResponse:
    """Every file that was uploaded."""
    imports, older = await list_imports(work.session, work.organization_id, before=before)
    return page(request, "admin/imports.html", imports=imports, older=older, newest=before == NEWEST)


@router.get("/import")
async def new(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """Choose a file."""
    return page(request, "admin/import_file.html", fault="")


@router.post("/import", max_body_size=MOST_SENT)
async def upload(request: Request, arrived: Arrived, work: Annotated[Work, organizer]) -> Response:
    """Keep the file and go on to its columns."""
    try:
        async with work.attempt():
            file = await uploaded(request)
            id_ = await keep_upload(
                work.session, work.organization_id, work.visitor.member_id, file.filename or "", pieces(file)
            )
    except TextbankError as error:
        return page(request, "admin/import_file.html", status_code=error.status, fault=told(request, error))
    return redirect(request, f"/people/import/{id_}/columns")


@router.get("/import/{import_id}/columns")
async def columns(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Say which column is what."""
    one = await read_import(work.session, work.organization_id, import_id)
    return await _columns(request, work, one, one.columns["chosen"], {})


@router.post("/import/{import_id}/columns")
async def map_them(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Keep the choice."""
    one = await read_import(work.session, work.organization_id, import_id)
    form = await request.form()
    chosen = chosen_from({what: str(form.get(what, "")) for what in NAMES})
    faults = faults_of_columns(one.columns["header"], chosen)
    if not faults and not columns_from(one.columns["header"], chosen).phones:
        faults["phone"] = N_("Choose the column with the phone numbers.")
    if faults:
        return await _columns(request, work, one, chosen, faults, 422)
    await choose(work.session, one, chosen=chosen)
    return redirect(request, f"/people/import/{import_id}/basis")


@router.get("/import/{import_id}/basis")
async def basis(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Ask once where these people agreed."""
    one = await read_import(work.session, work.organization_id, import_id)
    return _basis(request, one, Answer.from_json(one.basis), {})


@router.post("/import/{import_id}/basis")
async def answer_it(
    request: Request, work: Annotated[Work, organizer], import_id: RowId, answer: Answered
) -> Response:
    """Keep the answer."""
    one = await read_import(work.session, work.organization_id, import_id)
    if answer.faults:
        return _basis(request, one, answer, answer.faults, 422)
    await choose(work.session, one, answer=answer)
    return redirect(request, f"/people/import/{import_id}/list")


@router.get("/import/{import_id}/list")
async def which_list(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Ask which list they go on."""
    one = await read_import(work.session, work.organization_id, import_id)
    return await _list(request, work, one, {"list_id": str(one.list_id or ""), "name": ""}, {})


@router.post("/import/{import_id}/list")
async def choose_list(
    request: Request,
    work: Annotated[Work, organizer],
    import_id: RowId,
    list_id: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    frequency: Annotated[str, Form()] = "",
) -> Response:
    """Keep the choice, making the list if it is new, and have the file looked through."""
    one = await read_import(work.session, work.organization_id, import_id)
    typed = {"list_id": list_id, "name": name, "frequency": frequency}
    lists = await list_names(work.session, work.organization_id)
    chosen = next((id_ for id_, _ in lists if str(id_) == list_id), None)
    if chosen is None and list_id != "new":
        return await _list(request, work, one, typed, {"list_id": N_("Choose a list.")}, 422)
    try:
        async with work.attempt():
            if chosen is None:
                made = await create_list(
                    work.session, work.organization_id, name, frequency, actor=work.visitor.actor
                )
                chosen = made.id
            await choose(work.session, one, list_id=chosen)
            # Whoever came here by the address bar has not answered the other questions.
            if "phone" not in one.columns["chosen"]:
                return redirect(request, f"/people/import/{import_id}/columns")
            if not one.basis:
                return redirect(request, f"/people/import/{import_id}/basis")
            await check(work.session, one)
    except TextbankError as error:
        return await _list(request, work, one, typed, {"name": told(request, error)}, error.status)
    return redirect(request, f"/people/import/{import_id}")


async def _columns(
    request: Request,
    work: Work,
    one: ContactImport,
    chosen: dict[str, int | str],
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    if one.state not in ("draft", "checked"):
        return redirect(request, f"/people/import/{one.id}")
    return page(
        request,
        "admin/import_columns.html",
        status_code=status,
        one=one,
        beginning=await beginning_of(work.session, one),
        chosen=chosen,
        headless=looks_like_a_contact(one.columns["header"]),
        faults=shown_faults(faults, gettext_of(request)),
    )


def _basis(
    request: Request, one: ContactImport, answer: Answer, faults: dict[str, str], status: int = 200
) -> Response:
    if one.state not in ("draft", "checked"):
        return redirect(request, f"/people/import/{one.id}")
    return page(
        request,
        "admin/import_basis.html",
        status_code=status,
        one=one,
        answer=answer,
        faults=shown_faults(faults, gettext_of(request)),
    )


async def _list(
    request: Request,
    work: Work,
    one: ContactImport,
    typed: dict[str, str],
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    if one.state not in ("draft", "checked"):
        return redirect(request, f"/people/import/{one.id}")
    return page(
        request,
        "admin/import_list.html",
        status_code=status,
        one=one,
        lists=await list_names(work.session, work.organization_id),
        typed=typed,
        faults=shown_faults(faults, gettext_of(request)),
    )
