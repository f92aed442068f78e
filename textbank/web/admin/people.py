"""People: everybody by name, found by name, number or e-mail; and one added by hand."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.consent.add_person import NewPerson, Who, add_person
from textbank.consent.basis import Answer
from textbank.contacts.find_people import find_people
from textbank.contacts.list_people import COUNTED_TO, count_people, list_people
from textbank.contacts.lists import list_names
from textbank.language import N_
from textbank.web.admin import keyset
from textbank.web.admin.basis_form import Answered, TypedPerson
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/people")


def who(work: Work) -> Who:
    """The member who acts, for the ledger."""
    return Who(work.visitor.actor, work.visitor.name)


def shown_faults(faults: Mapping[str, str] | None, translate: Callable[[str], str]) -> dict[str, str]:
    """What is wrong with which field, in the reader's language; empty for every other field."""
    return defaultdict(str, {name: translate(said) for name, said in (faults or {}).items()})


@router.get("")
async def show(
    request: Request,
    work: Annotated[Work, organizer],
    q: str = "",
    list_id: Annotated[str, "id of a list, or nothing"] = "",
    after: str = "",
    before: str = "",
) -> HTMLResponse:
    """Everybody, or those found."""
    o = work.organization_id
    lists = await list_names(work.session, o)
    on_list = next((id_ for id_, _ in lists if str(id_) == list_id), None)
    found = bool(q.strip())
    previous = following = None
    if found:
        people, more = await find_people(work.session, o, q, on_list)
    else:
        start, end = keyset.read(after), keyset.read(before)
        people, more = await list_people(work.session, o, after=start, before=end)
        if people and (more if end else start):
            previous = f"/people?before={keyset.written(people[0].place)}"
        if people and (end or more):
            following = f"/people?after={keyset.written(people[-1].place)}"
    return page(
        request,
        "admin/people.html",
        people=people,
        more=more,
        q=q,
        found=found,
        lists=lists,
        list_id=on_list,
        count=None if found else await count_people(work.session, o),
        counted_to=COUNTED_TO,
        previous=previous,
        following=following,
    )


@router.get("/add")
async def new(request: Request, work: Annotated[Work, organizer], number: str = "") -> HTMLResponse:
    """The form for one person; from a stranger's conversation with their number in it."""
    return await _form(request, work, NewPerson(number=number[:40]), Answer(), "")


@router.post("/add")
async def add(
    request: Request,
    work: Annotated[Work, organizer],
    person: TypedPerson,
    answer: Answered,
    list_id: Annotated[str, Form()] = "",
) -> Response:
    """Add them, or show what is missing beside what was typed."""
    faults = {**person.faults, **answer.faults}
    lists = await list_names(work.session, work.organization_id)
    chosen = next((id_ for id_, _ in lists if str(id_) == list_id), None)
    if chosen is None and answer.kind not in ("", "none"):
        faults["list_id"] = N_("Choose the list that they agreed to get texts from.")
    if faults:
        return await _form(request, work, person, answer, list_id, faults, 422)
    added = await add_person(
        work.session, work.organization_id, person, list_id=chosen, answer=answer, by=who(work)
    )
    _ = gettext_of(request)
    words_ = {
        "added": _("They were added."),
        "updated": _("We knew them already; what you typed was added to it."),
        "unchanged": _("We knew them already. Nothing was changed."),
    }[added.change]
    if added.subscribed == "opted_out":
        words_ += " " + _("They opted out before and stay out.")
    return redirect(request, f"/people/{added.contact_id}", words_)


async def _form(
    request: Request,
    work: Work,
    person: NewPerson,
    answer: Answer,
    list_id: str,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    _ = gettext_of(request)
    return page(
        request,
        "admin/person_add.html",
        status_code=status,
        person=person,
        answer=answer,
        list_id=list_id,
        lists=await list_names(work.session, work.organization_id),
        faults=shown_faults(faults, _),
    )
