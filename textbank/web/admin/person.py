"""One person: particulars, lists, history, what may be sent and why; and what staff can change of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank import clock
from textbank.consent.add_person import faults_of
from textbank.consent.basis import Answer
from textbank.consent.change_subscription import leave_list, subscribe_person
from textbank.consent.explain import Facts, explain
from textbank.consent.read_standing import NEWEST, read_history, read_lists, read_stopped
from textbank.consent.staff_opt_out import staff_opt_out
from textbank.consent.undo_opt_out import undo_opt_out, why_not_undo
from textbank.contacts.edit_person import edit_person
from textbank.contacts.lists import list_names
from textbank.contacts.place import Place
from textbank.contacts.read_person import Number, Person, read_person
from textbank.conversations.queries import messages
from textbank.errors import InvalidInput, NotFound, TextbankError
from textbank.language import N_
from textbank.messaging.window import evaluate
from textbank.web.admin.basis_form import Answered, TypedPerson
from textbank.web.admin.keyset import After, FormId, RowId
from textbank.web.admin.people import shown_faults, who
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.opting_out import answer_when_it_holds
from textbank.web.public.preferences import link_to
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/people/{contact_id}")

Faults = dict[str, str]

_TEXTS_SHOWN = 5


@router.get("")
async def show(
    request: Request, work: Annotated[Work, organizer], contact_id: RowId, before: After = NEWEST
) -> HTMLResponse:
    """Everything about them."""
    person = await read_person(work.session, work.organization_id, contact_id)
    return await _page(request, work, person, before=before)


@router.post("/edit")
async def edit(
    request: Request,
    work: Annotated[Work, organizer],
    contact_id: RowId,
    given: TypedPerson,
) -> Response:
    """Change particulars."""
    person = await read_person(work.session, work.organization_id, contact_id)
    faults = faults_of(given.first_name, given.last_name, given.zip_code, given.email)
    # Another language than ours stays what a file said, unless one of ours is chosen.
    if given.language not in ("en", "es", person.language):
        faults["language"] = N_("Choose a language.")
    typed = {
        "first_name": given.first_name,
        "last_name": given.last_name,
        "zip_code": given.zip_code,
        "email": given.email,
        "language": given.language,
    }
    if faults:
        return await _page(request, work, person, typed=typed, faults=faults, open_="edit", status=422)
    await edit_person(work.session, work.organization_id, contact_id, actor=work.visitor.actor, **typed)
    return redirect(request, f"/people/{contact_id}", gettext_of(request)("The changes were saved."))


@router.post("/opt-out")
async def opt_out(
    request: Request,
    work: Annotated[Work, organizer],
    contact_id: RowId,
    recipient_id: FormId,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Nothing more to this number, for a reason on record."""
    person = await read_person(work.session, work.organization_id, contact_id)
    number = _number(person, recipient_id)
    try:
        async with work.attempt():
            await staff_opt_out(
                work.session, work.organization_id, number.recipient_id, reason=reason, by=who(work)
            )
    except InvalidInput as error:
        faults = {"reason": error.template}
        return await _page(
            request,
            work,
            person,
            typed={"reason": reason},
            faults=faults,
            open_=f"opt-out-{recipient_id}",
            status=422,
        )
    answer_when_it_holds(request, work, number.recipient_id)
    return redirect(request, f"/people/{contact_id}", gettext_of(request)("They get no more texts from us."))


@router.post("/opt-out/undo")
async def undo(
    request: Request,
    work: Annotated[Work, organizer],
    contact_id: RowId,
    recipient_id: FormId,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Take back what somebody recorded, or a rule understood, by mistake."""
    person = await read_person(work.session, work.organization_id, contact_id)
    number = _number(person, recipient_id)
    try:
        async with work.attempt():
            await undo_opt_out(
                work.session, work.organization_id, number.recipient_id, reason=reason, by=who(work)
            )
    except TextbankError as error:
        if isinstance(error, InvalidInput):
            faults, typed = {"undo_reason": error.template}, {"undo_reason": reason}
            return await _page(
                request, work, person, typed=typed, faults=faults, open_=f"undo-{recipient_id}", status=422
            )
        return await _page(request, work, person, error=told(request, error), status=error.status)
    notice = gettext_of(request)("The opt-out was undone, and their lists are as before.")
    return redirect(request, f"/people/{contact_id}", notice)


@router.post("/lists")
async def subscribe(
    request: Request,
    work: Annotated[Work, organizer],
    contact_id: RowId,
    recipient_id: FormId,
    answer: Answered,
    list_id: Annotated[str, Form()] = "",
) -> Response:
    """Put them on a list, on a basis."""
    person = await read_person(work.session, work.organization_id, contact_id)
    number = _number(person, recipient_id)
    faults = dict(answer.faults)
    if answer.kind == "none":
        faults["kind"] = N_("Without a basis nobody is put on a list. Nothing was changed.")
    if not list_id.isascii() or not list_id.isdigit() or len(list_id) > 18:
        faults["list_id"] = N_("Choose a list.")
    if faults:
        typed = {"list_id": list_id}
        return await _page(
            request,
            work,
            person,
            typed=typed,
            answer=answer,
            faults=faults,
            open_=f"subscribe-{recipient_id}",
            status=422,
        )
    try:
        async with work.attempt():
            await subscribe_person(
                work.session,
                work.organization_id,
                contact_id=contact_id,
                recipient_id=number.recipient_id,
                list_id=int(list_id),
                answer=answer,
                by=who(work),
            )
    except TextbankError as error:
        return await _page(request, work, person, error=told(request, error), status=error.status)
    return redirect(request, f"/people/{contact_id}", gettext_of(request)("They are on the list."))


@router.post("/lists/{list_id}/leave")
async def leave(
    request: Request,
    work: Annotated[Work, organizer],
    contact_id: RowId,
    list_id: RowId,
    recipient_id: FormId,
) -> Response:
    """Take their number off one list."""
    person = await read_person(work.session, work.organization_id, contact_id)
    number = _number(person, recipient_id)
    await leave_list(
        work.session, work.organization_id, recipient_id=number.recipient_id, list_id=list_id, by=who(work)
    )
    return redirect(request, f"/people/{contact_id}", gettext_of(request)("They are off the list."))


def _number(person: Person, recipient_id: int) -> Number:
    for number in person.numbers:
        if number.recipient_id == recipient_id:
            return number
    raise NotFound(N_("This person has no such number. Nothing was changed."))


async def _page(
    request: Request,
    work: Work,
    person: Person,
    *,
    before: int = NEWEST,
    typed: dict[str, str] | None = None,
    answer: Answer | None = None,
    faults: Faults | None = None,
    open_: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    o, _ = work.organization_id, gettext_of(request)
    lists = await read_lists(work.session, o, person.id)
    standings = []
    for number in person.numbers:
        if number.until is not None:
            continue
        window = evaluate(Place.from_key(number.place), clock.now())
        stopped = await read_stopped(work.session, o, number.recipient_id, number.suppressed_at)
        on = [one.membership for one in lists if one.recipient_id == number.recipient_id]
        facts = Facts(
            on, stopped, number.dead_since, number.review_since, window.opens_at, number.rests_until
        )
        fixed = await why_not_undo(work.session, o, number.recipient_id) if stopped else None
        standings.append((number, stopped, fixed, explain(facts)))
    numbers = [number.recipient_id for number in person.numbers]
    history, older = await read_history(work.session, o, numbers, before=before)
    shown = person.number.recipient_id if person.number else 0
    said, earlier = await messages(work.session, o, shown, most=_TEXTS_SHOWN)
    return page(
        request,
        "admin/person.html",
        said=said,
        earlier=earlier,
        status_code=status,
        person=person,
        lists=lists,
        standings=standings,
        history=history,
        older=older,
        newest=before == NEWEST,
        every_list=await list_names(work.session, o),
        typed=typed or {},
        answer=answer or Answer(),
        faults=shown_faults(faults, _),
        open_=open_,
        error=error,
        own_page=link_to(request, o, shown) if shown else "",
    )
