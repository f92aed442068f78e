"""First texts, one press each: what a texter holds, the press, skipping, and stopping for now."""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from textbank.accounts.sign_in import digest_of
from textbank.assignments import give_back, may_text
from textbank.assignments.first_texts import first_texts
from textbank.assignments.pace_to_replies import room_of
from textbank.assignments.press import Pressed, Verdict
from textbank.assignments.take_batch import take_batch
from textbank.assignments.undo import undo
from textbank.errors import Conflict, NotFound
from textbank.language import N_
from textbank.web.admin.keyset import FormId, RowId
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, presented, texter, visiting, welcome
from textbank.web.templating import page, redirect
from textbank.web.texter.on_the_device import as_told, batch_told, in_turn, secret_of
from textbank.web.texter.presses import Sealed

router = APIRouter(prefix="/texting")

WHY_NOT: Final[dict[Verdict, str]] = {
    "by_another": N_("Somebody else has sent this one already."),
    "given_back": N_("You were away for a while, so this one went to another texter."),
    "opted_out": N_("They have opted out in the meantime."),
    "unreachable": N_("Nothing can be sent to this number just now."),
    "paused": N_("The campaign is paused. Nothing was sent."),
    "over": N_("The campaign has ended. Nothing was sent."),
    "changed": N_("The words of this campaign have changed. Nothing was sent; the new ones are below."),
    "window": N_("It is too late, or too early, to text where they live. Nothing was sent."),
    "cap": N_("They just had a text from your group, so theirs comes later. Nothing was sent."),
    "no_sender": N_("No number of ours can send just now. Nothing was sent."),
    "too_old": N_("Pressed over 15 minutes ago, without a network. Not sent: another texter gets them."),
    "taken_back": N_("You took this one back."),
    "unknown": N_("This person is not in the campaign."),
    "suspended": N_("Your captain wants a word with you first. Nothing was sent."),
    "unapproved": N_("A captain has to let you go on first. Nothing was sent."),
}

TOO_LATE: Final = N_("Too late: this text is on its way.")
STOPPING: Final[tuple[Verdict, ...]] = ("paused", "over", "changed", "suspended", "unapproved")
"""Verdicts on the campaign or the texter, not on one person: no text of the batch leaves as it was shown."""


class Shown(BaseModel):
    """What a press says: whom it is for, and what was shown."""

    recipient_id: int = Field(ge=0, le=2**62)
    script_id: int = Field(ge=0, le=2**62)
    body: str
    seal: str
    undone: int = Field(0, ge=0, le=32_000)
    waited: float = Field(0.0, allow_inf_nan=False)
    """For how many seconds it lay on the device, by the device's own clock."""


@router.get("/{campaign_id}")
async def show(
    request: Request, _turn: Annotated[None, in_turn], work: Annotated[Work, texter], campaign_id: RowId
) -> HTMLResponse:
    """The next person of my batch, with the text exactly as it will be sent."""
    campaign = await _enter(work, campaign_id)
    me = work.visitor.member_id
    room = await room_of(work.session, work.organization_id, campaign_id, me)
    texts = []
    if campaign.state == "running":
        texts = await first_texts(
            work.session, work.organization_id, campaign_id, me, secret=secret_of(request)
        )
    return page(
        request,
        "texter/first_texts.html",
        campaign=campaign,
        texts=[as_told(each) for each in texts],
        room=room,
        waiting=await may_text.replies_waiting(work.session, work.organization_id, me),
        skipped=await give_back.skipped(work.session, work.organization_id, campaign_id, me),
        opens_at=None,
        asked=False,
    )


@router.post("/{campaign_id}/batch")
async def take(
    request: Request, _turn: Annotated[None, in_turn], work: Annotated[Work, texter], campaign_id: RowId
) -> Response:
    """Take the next people, or say why there is nobody."""
    campaign = await _enter(work, campaign_id)
    me = work.visitor.member_id
    room = await room_of(work.session, work.organization_id, campaign_id, me)
    taken = None
    if campaign.state == "running":
        taken = await take_batch(work.session, work.organization_id, campaign_id, me, batch=room.batch)
        if "application/json" in request.headers.get("accept", ""):
            return await batch_told(request, work, campaign, room)
        if taken.held:
            return redirect(request, f"/texting/{campaign_id}")
    return page(
        request,
        "texter/first_texts.html",
        campaign=campaign,
        texts=[],
        room=room,
        waiting=await may_text.replies_waiting(work.session, work.organization_id, me),
        skipped=await give_back.skipped(work.session, work.organization_id, campaign_id, me),
        opens_at=taken.opens_at if taken else None,
        asked=True,
    )


@router.post("/{campaign_id}/send")
async def send(
    request: Request,
    session: Annotated[tuple[int, str], presented],
    campaign_id: RowId,
    shown: Annotated[Shown, Form()],
) -> Response:
    """One press: one first text (promise 6)."""
    organization_id, token = session
    # Browsers send line breaks of forms as two characters.
    words_shown = shown.body.replace("\r\n", "\n")
    judged = await parts_of(request).presses.submit(
        organization_id,
        Sealed(
            digest_of(token),
            campaign_id,
            shown.recipient_id,
            shown.script_id,
            words_shown,
            shown.seal,
            shown.undone,
            timedelta(seconds=min(max(shown.waited, -1.0), 1e6)),
        ),
    )
    welcome(request, organization_id, token, judged.known)
    if judged.pressed is None:
        async with visiting(request) as work:
            await _enter(work, campaign_id)
        raise Conflict(N_("These are not the words that were shown for this person. Nothing was sent."))
    words = "" if judged.pressed.is_sent else gettext_of(request)(WHY_NOT[judged.pressed.verdict])
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(_told(judged.pressed, words))
    return redirect(request, f"/texting/{campaign_id}", words or None)


@router.post("/{campaign_id}/undo")
async def take_back(
    request: Request, work: Annotated[Work, texter], campaign_id: RowId, recipient_id: FormId
) -> Response:
    """Take a press back, if its text still waits with us; the person is shown again then.

    Also the last one of a trial, after which they must wait: so nobody asks here whether they may text.
    """
    me = work.visitor.member_id
    told = await undo(work.session, work.organization_id, campaign_id, recipient_id, member_id=me)
    if told == "not_yours":
        raise NotFound(N_("This text is not yours to take back. Nothing was changed."))
    _ = gettext_of(request)
    words = _("Taken back. Nothing was sent.") if told == "undone" else _(TOO_LATE)
    if "application/json" not in request.headers.get("accept", ""):
        return redirect(request, f"/texting/{campaign_id}", words)
    again = []
    if told == "undone":
        again = await first_texts(
            work.session, work.organization_id, campaign_id, me, secret=secret_of(request), only=recipient_id
        )
    return JSONResponse(
        {"undone": told == "undone", "words": words, "text": as_told(again[0]) if again else None}
    )


@router.post("/{campaign_id}/skip")
async def skip(
    request: Request, work: Annotated[Work, texter], campaign_id: RowId, recipient_id: FormId
) -> Response:
    """Leave this person out."""
    await _enter(work, campaign_id)
    await give_back.skip(
        work.session, work.organization_id, campaign_id, work.visitor.member_id, recipient_id
    )
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"skipped": True})
    return redirect(request, f"/texting/{campaign_id}")


@router.post("/{campaign_id}/stop")
async def stop(request: Request, work: Annotated[Work, texter], campaign_id: RowId) -> Response:
    """Stop for now: the rest goes to somebody else."""
    await _enter(work, campaign_id)
    await give_back.give_back(work.session, work.organization_id, campaign_id, work.visitor.member_id)
    return redirect(request, "/texting", gettext_of(request)("Thank you! The rest goes to other texters."))


@router.post("/{campaign_id}/put-back")
async def put_back(request: Request, work: Annotated[Work, texter], campaign_id: RowId) -> Response:
    """Offer again whom I left out."""
    await _enter(work, campaign_id)
    await give_back.put_back_skipped(work.session, work.organization_id, campaign_id, work.visitor.member_id)
    return redirect(request, f"/texting/{campaign_id}")


async def _enter(work: Work, campaign_id: int) -> may_text.Entered:
    visitor = work.visitor
    return await may_text.enter(
        work.session, work.organization_id, campaign_id, member_id=visitor.member_id, role=visitor.role
    )


def _told(pressed: Pressed, words: str) -> dict[str, Any]:
    stops = pressed.verdict in STOPPING
    return {"sent": pressed.is_sent, "verdict": pressed.verdict, "words": words, "stops": stops}
