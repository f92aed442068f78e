"""A texter's own conversations: who waits for an answer first, and one at a time."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.may_text import replies_waiting
from textbank.assignments.script_of import note_answers, ready_answers
from textbank.conversations.next_waiting import next_waiting
from textbank.conversations.queries import thread
from textbank.conversations.reply import NotSent, Sent, was_sent
from textbank.conversations.whose_now import whose_now
from textbank.errors import NotFound
from textbank.language import N_
from textbank.web.admin.keyset import After, Before, FormId, RowId, chosen_id
from textbank.web.conversation import conversation_of, one_tap_of, try_reply
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import page, redirect
from textbank.web.texter.reply_screen import (
    BASE,
    asked_captain_of,
    is_fragment,
    must_be_mine,
    queue_of,
    screen,
    shared_of,
    stay,
    tag_of,
    waiting_of,
)

router = APIRouter(prefix=BASE)

_READ_FIRST = N_("They wrote again, or this answer does not fit any more. Nothing was sent: read it first.")


@router.get("")
async def mine(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """All that are mine; whoever waits longest for an answer stands first."""
    return await screen(request, work)


@router.get("/rows")
async def rows(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """The list alone, when its reader asks for what is new."""
    return page(request, "texter/_queue.html", current=0, **await queue_of(work))


@router.get("/next")
async def following(request: Request, work: Annotated[Work, texter], after: After = 0) -> Response:
    """Whoever waits next."""
    me = work.visitor.member_id
    found = await next_waiting(work.session, work.organization_id, member_id=me, after=after)
    if is_fragment(request):
        return await screen(request, work, found)
    return redirect(request, f"{BASE}/{found}" if found else BASE)


@router.get("/changes")
async def changes(request: Request, work: Annotated[Work, texter], of: After = 0, tag: str = "") -> Response:
    """What a screen that is open must know: who waits, and the thread that it shows. 204: nothing is new."""
    shown, moved = await _open_now(work, of)
    fresh = page(
        request,
        "texter/_changes.html",
        base=BASE,
        current=of,
        waiting=await waiting_of(work),
        moved=moved,
        **await shared_of(work, of),
        pictures_at=f"{BASE}/{of}/pictures",
        **shown,
    )
    known = tag_of(bytes(fresh.body))
    if known == tag:
        return Response(status_code=204)
    fresh.headers["X-Tag"] = known
    return fresh


async def _open_now(work: Work, of: int) -> tuple[dict[str, Any], str | None]:
    """The thread that is open; or, where it is somebody else's by now, whose, as far as they may know."""
    if not of:
        return {"head": None}, None
    try:
        shown = await conversation_of(work, of, only_mine=True)
    except NotFound:
        me = work.visitor.member_id
        return {"head": None}, await whose_now(work.session, work.organization_id, of, member_id=me)
    return {**shown, "asked_captain": await asked_captain_of(work, of)}, None


@router.get("/waiting")
async def waiting(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """How many wait for my answer, for whoever is sending first texts meanwhile."""
    count = await replies_waiting(work.session, work.organization_id, work.visitor.member_id)
    return page(request, "texter/_waiting.html", waiting=count)


@router.get("/{recipient_id}")
async def show(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    before: Before = None,
    after_option: After = 0,
) -> HTMLResponse:
    """One conversation; `after_option` is the answer that was just noted, whose text is filled in."""
    return await screen(request, work, recipient_id, before=before, after_option=after_option)


@router.post("/{recipient_id}/reply")
async def answer(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    body: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=64)] = "",
    seen: FormId = 0,
) -> Response:
    """Answer them, once for one press."""
    await must_be_mine(work, recipient_id)
    done, words = await try_reply(request, work, recipient_id, body=body, key=key, seen=seen)
    return await _after(request, work, recipient_id, done, words, typed=body)


@router.post("/{recipient_id}/one-tap")
async def answer_in_one_tap(
    request: Request,
    work: Annotated[Work, texter],
    recipient_id: RowId,
    key: Annotated[str, Form(max_length=64)] = "",
    seen: FormId = 0,
    response_id: FormId = 0,
) -> Response:
    """Send the answer that staff marked: only the one that was shown, to the texts that were read."""
    of = (work.session, work.organization_id, recipient_id)
    me = work.visitor.member_id
    head = await thread(*of, only_for=me)
    shown = await conversation_of(work, recipient_id, only_mine=True)
    ready = (
        await ready_answers(work.session, work.organization_id, head.campaign_id, recipient_id, me)
        if head.campaign_id
        else []
    )
    offered = one_tap_of(head, shown["said"], ready)
    newest = shown["said"][-1].id if shown["said"] else 0
    stands = offered is not None and offered.id == response_id and newest <= seen
    # Asked last: of two presses at once, the one that comes second finds what the first has sent.
    if not stands and await was_sent(*of, key):
        return await stay(request, work, recipient_id)
    if offered is None or not stands:
        words = gettext_of(request)(_READ_FIRST)
        return await screen(request, work, recipient_id, error=words, status=409)
    done, words = await try_reply(
        request, work, recipient_id, body=offered.body, key=key, seen=seen, alone=True
    )
    return await _after(request, work, recipient_id, done, words, typed="")


@router.post("/{recipient_id}/answers")
async def note(request: Request, work: Annotated[Work, texter], recipient_id: RowId) -> Response:
    """Write down what they answered, to one question (`option_id`) or to several (`option_of_7`)."""
    await must_be_mine(work, recipient_id)
    form = await request.form()
    given = [str(value) for name, value in form.multi_items() if name.startswith("option_")]
    chosen = [id_ for each in given[:50] if (id_ := chosen_id(each))]
    me = work.visitor.member_id
    await note_answers(work.session, work.organization_id, recipient_id, chosen, member_id=me)
    one = chosen[0] if len(chosen) == 1 else 0
    if is_fragment(request):
        return await screen(request, work, recipient_id, after_option=one)
    query = f"?after_option={one}" if one else ""
    return redirect(request, f"{BASE}/{recipient_id}{query}")


async def _after(
    request: Request, work: Work, recipient_id: int, done: Sent | NotSent, words: str, *, typed: str
) -> Response:
    """The conversation again: with the answer in it, or with why it was not sent and what was typed."""
    if not isinstance(done, Sent):
        return await screen(request, work, recipient_id, typed=typed, error=words, status=409)
    if is_fragment(request):
        return await screen(request, work, recipient_id, accepted=True)
    return redirect(request, f"{BASE}/{recipient_id}")
