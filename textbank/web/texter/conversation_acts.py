"""What a texter does with a conversation besides answering: done, later, opt out, note, mark, hand over."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from textbank import clock
from textbank.conversations.assign import close
from textbank.conversations.decide_review import keep_talking
from textbank.conversations.hand_over import Wants, hand_over
from textbank.conversations.mark import mark, tags, unmark
from textbank.conversations.set_aside import snooze
from textbank.conversations.take_note import take_note
from textbank.errors import NotFound, TextbankError
from textbank.language import N_
from textbank.web.admin.keyset import FormId, RowId
from textbank.web.admin.people import who
from textbank.web.conversation import TAGS, opt_out_by
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, texter
from textbank.web.texter.reply_screen import BASE, go_on, must_be_mine, screen, stay

router = APIRouter(prefix=f"{BASE}/{{recipient_id}}")

OUT: Final = ("asked", "abusive", "wrong_number", "review")
"""Why somebody is opted out; whoever moved or says no is not."""
Until = Literal["hour", "evening", "tomorrow"]

_MOVED = N_("Marked as moved. They still get texts: thank them, and press Done.")
_SAID_NO = N_("They are not opted out. Note their answer, thank them, and press Done.")
_NO_SUCH_TAG = N_("This tag is gone. Nothing was changed.")


@router.post("/opt-out")
async def opt_out(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    why: Annotated[str, Form()] = "asked",
) -> Response:
    """They want no more texts; or they only moved, or say no, which is no wish to be left alone."""
    await must_be_mine(work, recipient_id)
    _ = gettext_of(request)
    if why == "moved":
        of = (work.session, work.organization_id, recipient_id)
        await mark(*of, TAGS["moved"], actor=work.visitor.actor)
        return await stay(request, work, recipient_id, _(_MOVED))
    if why == "no":
        return await stay(request, work, recipient_id, _(_SAID_NO))
    await opt_out_by(request, work, recipient_id, why if why in OUT else "asked")
    return await go_on(request, work, recipient_id, _("They get no more texts from anybody here."))


@router.post("/go-on")
async def it_was_no_stop(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """It was no wish to be left alone."""
    await must_be_mine(work, recipient_id)
    await keep_talking(work.session, work.organization_id, recipient_id, by=who(work))
    return await stay(request, work, recipient_id)


@router.post("/close")
async def done_with(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """Nothing is left to say."""
    await must_be_mine(work, recipient_id)
    await close(work.session, work.organization_id, recipient_id)
    return await go_on(request, work, recipient_id, gettext_of(request)("Done."))


@router.post("/later")
async def later(
    request: Request, work: Annotated[Work, texter], recipient_id: RowId, until: Annotated[Until, Form()]
) -> Response:
    """It comes back then, or when they write."""
    moment = _moment(until, work.visitor.time_zone)
    me = work.visitor.member_id
    await snooze(work.session, work.organization_id, recipient_id, moment, member_id=me)
    words = gettext_of(request)("It comes back then, or as soon as they write.")
    return await go_on(request, work, recipient_id, words)


@router.post("/hand-over")
async def give(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    wants: Annotated[Wants, Form()] = "staff",
    language: Annotated[str, Form(max_length=8)] = "",
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Somebody else answers: staff, or who speaks their language."""
    await must_be_mine(work, recipient_id)
    try:
        async with work.attempt():
            await hand_over(
                work.session,
                work.organization_id,
                recipient_id,
                wants,
                member_id=work.visitor.member_id,
                language=language,
                note=note,
            )
    except TextbankError as error:
        return await screen(request, work, recipient_id, error=told(request, error), status=error.status)
    _ = gettext_of(request)
    words = _("Somebody else answers them.") if wants == "team" else _("Handed over.")
    return await go_on(request, work, recipient_id, words)


@router.post("/report")
async def report(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """It is abusive: staff look at it, and the texter goes on."""
    await must_be_mine(work, recipient_id)
    of = (work.session, work.organization_id, recipient_id)
    await mark(*of, TAGS["abusive"], actor=work.visitor.actor)
    await hand_over(*of, "staff", member_id=work.visitor.member_id)
    words = gettext_of(request)("Reported. Staff look at it; you need not.")
    return await go_on(request, work, recipient_id, words)


@router.post("/notes")
async def write_note(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    note: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Something that whoever answers next should know."""
    await must_be_mine(work, recipient_id)
    of = (work.session, work.organization_id, recipient_id)
    try:
        async with work.attempt():
            await take_note(*of, note, member_id=work.visitor.member_id)
    except TextbankError as error:
        return await screen(request, work, recipient_id, error=told(request, error), status=error.status)
    return await stay(request, work, recipient_id, gettext_of(request)("The note is saved."))


@router.post("/tags")
async def tag(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    tag_id: FormId = 0,
    off: Annotated[bool, Form()] = False,
) -> Response:
    """Mark it with one of the tags that there are, or take that off."""
    await must_be_mine(work, recipient_id)
    of = (work.session, work.organization_id, recipient_id)
    if off:
        await unmark(*of, tag_id)
        return await stay(request, work, recipient_id)
    known = await tags(work.session, work.organization_id)
    name = next((each.name for each in known if each.id == tag_id), "")
    if not name:
        raise NotFound(_NO_SUCH_TAG)
    await mark(*of, name, actor=work.visitor.actor)
    return await stay(request, work, recipient_id)


def _moment(until: Until, zone: str) -> datetime:
    """When that is for the texter: an hour from now, six in the evening, nine in the morning."""
    now = clock.now()
    if until == "hour":
        return now + timedelta(hours=1)
    try:
        here = now.astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        here = now
    hour = 18 if until == "evening" else 9
    then = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return then + timedelta(days=1) if until == "tomorrow" or then <= here else then
