"""What texters of a peer-to-peer campaign have at hand: ready-made replies and questions."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from textbank.campaigns.change_canned_responses import (
    mark_one_tap,
    remove_canned_response,
    save_canned_response,
)
from textbank.campaigns.change_questions import MOST_OPTIONS, add_question, remove_question, set_what_follows
from textbank.campaigns.queries import get_campaign
from textbank.errors import TextbankError
from textbank.web.admin.campaign_words import words_page
from textbank.web.admin.keyset import RowId, chosen_id
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.post("/responses")
async def save_reply(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    response_id: Annotated[int, Form()] = 0,
) -> Response:
    """Add a ready-made reply, or change one."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            await save_canned_response(
                work.session,
                work.organization_id,
                campaign_id,
                title=title,
                body=body,
                by=work.visitor.member_id,
                response_id=response_id,
            )
    except TextbankError as error:
        typed = {"title": title, "body": body, "id": response_id}
        return await words_page(
            request,
            work,
            campaign,
            campaign.body,
            reply=typed,
            reply_error=told(request, error),
            status=error.status,
        )
    return _back(request, campaign_id, gettext_of(request)("The reply is saved."), "replies")


@router.post("/responses/{response_id}/remove")
async def remove_reply(
    request: Request, work: Annotated[Work, organizer], campaign_id: int, response_id: int
) -> Response:
    """Take a ready-made reply away."""
    by = work.visitor.member_id
    await remove_canned_response(work.session, work.organization_id, campaign_id, response_id, by=by)
    return _back(request, campaign_id, gettext_of(request)("The reply was removed."), "replies")


@router.post("/responses/{response_id}/one-tap")
async def one_tap(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: RowId,
    response_id: RowId,
    off: Annotated[bool, Form()] = False,
) -> Response:
    """Make this the reply that a texter sends with one press; `off`: none is."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    chosen = 0 if off else response_id
    await mark_one_tap(work.session, work.organization_id, campaign_id, chosen, by=work.visitor.member_id)
    return _back(request, campaign_id, gettext_of(request)("Saved."), "replies")


@router.post("/questions")
async def save_question(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    words: Annotated[str, Form()] = "",
    options: Annotated[str, Form()] = "",
) -> Response:
    """Add a question; `options` has one answer a line."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            await add_question(
                work.session,
                work.organization_id,
                campaign_id,
                words=words,
                options=options.splitlines(),
                by=work.visitor.member_id,
            )
    except TextbankError as error:
        return await words_page(
            request,
            work,
            campaign,
            campaign.body,
            question={"words": words, "options": options},
            question_error=told(request, error),
            status=error.status,
        )
    return _back(request, campaign_id, gettext_of(request)("The question is saved."), "questions")


@router.post("/questions/{question_id}/follows")
async def follows(
    request: Request, work: Annotated[Work, organizer], campaign_id: RowId, question_id: RowId
) -> Response:
    """After which answer which reply is filled in (`reply_7`) and which question comes next (`next_7`)."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    form = await request.form()
    options = [id_ for name in form if name.startswith("reply_") and (id_ := chosen_id(name[6:]))]
    chosen = {
        option: (chosen_id(str(form[f"reply_{option}"])), chosen_id(str(form.get(f"next_{option}", ""))))
        for option in options[:MOST_OPTIONS]
    }
    await set_what_follows(
        work.session, work.organization_id, campaign_id, question_id, chosen, by=work.visitor.member_id
    )
    return _back(request, campaign_id, gettext_of(request)("Saved."), "questions")


@router.post("/questions/{question_id}/remove")
async def drop_question(
    request: Request, work: Annotated[Work, organizer], campaign_id: int, question_id: int
) -> Response:
    """Take a question away."""
    by = work.visitor.member_id
    await remove_question(work.session, work.organization_id, campaign_id, question_id, by=by)
    return _back(request, campaign_id, gettext_of(request)("The question was removed."), "questions")


def _back(request: Request, campaign_id: int, notice: str, where: str) -> Response:
    return redirect(request, f"/campaigns/{campaign_id}/words#{where}", notice)
