"""Write to one person from the inbox: somebody known, or a number that somebody gave us."""

import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.write_to_one import Why, Written, number_of_contact, write_to_one
from textbank.language import N_
from textbank.sms.phone_number import PhoneNumber, parse
from textbank.web.admin.keyset import After
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/inbox/new")

LONGEST: Final = 1_000
_WHY_NOT: Final[dict[Why, str]] = {
    "opted_out": N_("This person has opted out. Nothing was sent, and nothing may be."),
    "review": N_("They may have asked to be left alone. Decide that in their conversation first."),
    "dead": N_("The carrier says that no phone can be reached at this number. Nothing was sent."),
    "no_basis": N_(
        "Nothing on record says that they want texts. An organizer can write down why they may be texted."
    ),
    "no_sender": N_("No number of ours can send just now. Nothing was sent; your words are kept."),
}


@router.get("")
async def show(
    request: Request, work: Annotated[Work, captain], to: str = "", contact: After = 0
) -> HTMLResponse:
    """The form; from a person's page with their number in it."""
    if contact:
        to = await number_of_contact(work.session, work.organization_id, contact)
    return _form(request, {"to": to, "body": "", "statement": "", "key": secrets.token_hex(8)})


@router.post("")
async def write(
    request: Request,
    work: Annotated[Work, captain],
    to: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    statement: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Send it, in the sending window of their place."""
    _ = gettext_of(request)
    form = {"to": to, "body": body, "statement": statement, "key": key}
    number = parse(to)
    errors = {}
    if not isinstance(number, PhoneNumber):
        errors["to"] = _("This is not a phone number that can be texted. Check its digits.")
    if not body.strip() or len(body) > LONGEST:
        errors["body"] = _("Write what to send: 1 to %(most)s characters.", most=LONGEST)
    if errors or not isinstance(number, PhoneNumber):
        return _form(request, form, errors, status=422)
    told = statement.strip()[:300] if work.visitor.may("organizer") else ""
    done = await write_to_one(
        work.session,
        work.organization_id,
        number.e164,
        body.strip(),
        member_id=work.visitor.member_id,
        key=key or secrets.token_hex(8),
        statement=told,
    )
    if isinstance(done, Written):
        return redirect(request, f"/inbox/{done.recipient_id}")
    field = "statement" if done.why == "no_basis" and work.visitor.may("organizer") else "to"
    return _form(request, form, {field: _(_WHY_NOT[done.why])}, status=409)


def _form(
    request: Request, form: dict[str, str], errors: dict[str, str] | None = None, status: int = 200
) -> HTMLResponse:
    return page(
        request, "admin/inbox_new.html", status_code=status, form=form, errors=errors or {}, longest=LONGEST
    )
