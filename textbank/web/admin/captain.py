"""The captains' page: who is on shift, who waits for nobody, and what texters ask."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.members import get_member
from textbank.accounts.speaks import SPOKEN
from textbank.assignments.help_texter import move_replies, take_back_people, take_back_replies
from textbank.assignments.may_text import replies_waiting
from textbank.assignments.on_shift import MOST_COUNTED, count_for_staff, nobodys_by_language, on_shift
from textbank.assignments.suspend import LONGEST_REASON
from textbank.conversations.ask_captain import LONGEST, answer_texter
from textbank.conversations.count_for_menu import count_for_menu
from textbank.conversations.read_captain_questions import open_questions
from textbank.errors import TextbankError
from textbank.web.admin.keyset import After, FormId, RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of, ngettext_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/captain")


@router.get("")
async def show(
    request: Request, work: Annotated[Work, captain], after: After = 0, questions_after: After = 0
) -> HTMLResponse:
    """Questions first: somebody waits for each of them."""
    return await _captain(request, work, after=after, questions_after=questions_after)


@router.get("/shift")
async def shift(request: Request, work: Annotated[Work, captain], after: After = 0) -> HTMLResponse:
    """Who is on shift and who waits, to keep the page fresh."""
    return page(request, "admin/_captain_shift.html", **await _shift(work, after))


@router.get("/questions")
async def questions(
    request: Request, work: Annotated[Work, captain], questions_after: After = 0
) -> HTMLResponse:
    """What texters ask, to keep the page fresh."""
    return page(request, "admin/_captain_questions.html", **await _questions(work, questions_after))


@router.get("/count")
async def count(request: Request, work: Annotated[Work, captain]) -> HTMLResponse:
    """How many questions wait, for the menu."""
    return page(
        request,
        "admin/_captain_count.html",
        questions=(await count_for_menu(work.session, work.organization_id)).questions,
    )


@router.get("/{member_id}")
async def help_one(request: Request, work: Annotated[Work, captain], member_id: RowId) -> HTMLResponse:
    """What a captain may do for one texter, and what each of it does."""
    return await _help(request, work, member_id)


@router.post("/questions/{asked_id}")
async def answer(
    request: Request,
    work: Annotated[Work, captain],
    asked_id: RowId,
    answer: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """It shows up where they asked."""
    me = work.visitor.member_id
    try:
        async with work.attempt():
            await answer_texter(work.session, work.organization_id, asked_id, answer, member_id=me)
    except TextbankError as error:
        return await _captain(
            request, work, error=told(request, error), typed={asked_id: answer}, status=error.status
        )
    return redirect(request, "/captain", gettext_of(request)("They have your answer."))


@router.post("/{member_id}/take-people")
async def take_people(request: Request, work: Annotated[Work, captain], member_id: RowId) -> Response:
    """Their first texts in hand go to others."""
    member = await get_member(work.session, work.organization_id, member_id)
    actor = work.visitor.actor
    count = await take_back_people(work.session, work.organization_id, member_id, actor=actor)
    say = ngettext_of(request)
    words = say(
        "%(num)s first text goes to whoever asks next.", "%(num)s first texts go to whoever asks next.", count
    )
    return redirect(request, "/captain", f"{member.name}: {words}")


@router.post("/{member_id}/take-replies")
async def take_replies(request: Request, work: Annotated[Work, captain], member_id: RowId) -> Response:
    """Who waits for them waits for the team."""
    member = await get_member(work.session, work.organization_id, member_id)
    actor = work.visitor.actor
    count = await take_back_replies(work.session, work.organization_id, member_id, actor=actor)
    say = ngettext_of(request)
    words = say("%(num)s person waits for the team now.", "%(num)s people wait for the team now.", count)
    return redirect(request, "/captain", f"{member.name}: {words}")


@router.post("/{member_id}/move")
async def move(
    request: Request, work: Annotated[Work, captain], member_id: RowId, to: FormId = 0
) -> Response:
    """Who waits for them waits for somebody else on shift; both are told."""
    member = await get_member(work.session, work.organization_id, member_id)
    actor = work.visitor.actor
    try:
        async with work.attempt():
            count = await move_replies(work.session, work.organization_id, member_id, to, actor=actor)
    except TextbankError as error:
        return await _help(request, work, member_id, error=told(request, error), status=error.status)
    other = await get_member(work.session, work.organization_id, to)
    words = gettext_of(request)(
        "%(count)s people who waited for %(name)s wait for %(other)s now. Both see it.",
        count=count,
        name=member.name,
        other=other.name,
    )
    return redirect(request, "/captain", words)


async def _help(
    request: Request, work: Work, member_id: int, *, error: str = "", status: int = 200
) -> HTMLResponse:
    texters, _ = await on_shift(work.session, work.organization_id)
    return page(
        request,
        "admin/captain_help.html",
        status_code=status,
        member=await get_member(work.session, work.organization_id, member_id),
        waiting=await replies_waiting(work.session, work.organization_id, member_id),
        others=[each for each in texters if each.id != member_id and not each.suspended_at],
        longest_reason=LONGEST_REASON,
        error=error,
    )


async def _shift(work: Work, after: int) -> dict[str, Any]:
    texters, following = await on_shift(work.session, work.organization_id, after=after)
    return {
        "texters": texters,
        "following": following,
        "after": after,
        "nobodys": await nobodys_by_language(work.session, work.organization_id),
        "for_staff": await count_for_staff(work.session, work.organization_id),
        "most": MOST_COUNTED,
        "spoken": SPOKEN,
    }


async def _questions(work: Work, after: int) -> dict[str, Any]:
    asked, following = await open_questions(work.session, work.organization_id, after=after)
    return {
        "asked": asked,
        "questions_following": following,
        "questions_after": after,
        "longest": LONGEST,
        "typed": {},
    }


async def _captain(
    request: Request,
    work: Work,
    *,
    after: int = 0,
    questions_after: int = 0,
    error: str = "",
    typed: dict[int, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    shown = {**await _questions(work, questions_after), **await _shift(work, after)}
    shown["typed"] = typed or {}
    return page(request, "admin/captain.html", status_code=status, error=error, **shown)
