"""What a campaign may cost, and whether it may skip the rest between two texts to a person."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.prices import money_of
from textbank.campaigns.pace_to_replies import pace_to_replies
from textbank.campaigns.queries import get_campaign
from textbank.campaigns.set_limits import (
    call_time_critical,
    let_caps_bind,
    set_budget,
    spend_of,
    written_as,
)
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("/limits")
async def show(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """Everything about a campaign's budget and caps."""
    return await _limits(request, work, campaign_id)


@router.post("/budget")
async def keep_budget(
    request: Request, work: Annotated[Work, admin], campaign_id: int, budget: Annotated[str, Form()] = ""
) -> Response:
    """Set the budget, or none."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await set_budget(work.session, work.organization_id, campaign_id, budget, by=by)
    except TextbankError as error:
        return await _limits(request, work, campaign_id, budget=budget, budget_error=error)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("The budget is set."))


@router.post("/urgent")
async def call_urgent(
    request: Request, work: Annotated[Work, admin], campaign_id: int, because: Annotated[str, Form()] = ""
) -> Response:
    """Skip the six hours, for a reason that stays on record."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    by = work.visitor.member_id
    try:
        async with work.attempt():
            await call_time_critical(work.session, work.organization_id, campaign_id, because, by=by)
    except TextbankError as error:
        return await _limits(request, work, campaign_id, because=because, urgent_error=error)
    notice = gettext_of(request)("It is time-critical now: nobody waits for six hours after another text.")
    return redirect(request, f"/campaigns/{campaign_id}", notice)


@router.post("/urgent/back")
async def take_back(request: Request, work: Annotated[Work, admin], campaign_id: int) -> Response:
    """The six hours again."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await let_caps_bind(work.session, work.organization_id, campaign_id, by=work.visitor.member_id)
    return redirect(request, f"/campaigns/{campaign_id}", gettext_of(request)("The six hours count again."))


@router.post("/pace")
async def pace(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    paced: Annotated[bool, Form()] = False,
) -> Response:
    """Let a blast leave only as fast as the people on hand can answer, or as fast as its numbers can."""
    await get_campaign(work.session, work.organization_id, campaign_id)
    await pace_to_replies(work.session, work.organization_id, campaign_id, paced, by=work.visitor.member_id)
    _ = gettext_of(request)
    notice = (
        _("It leaves as fast as the people on hand can answer.")
        if paced
        else _("It leaves as fast as your numbers can.")
    )
    return redirect(request, f"/campaigns/{campaign_id}", notice)


async def _limits(
    request: Request,
    work: Work,
    campaign_id: int,
    *,
    budget: str | None = None,
    because: str = "",
    budget_error: TextbankError | None = None,
    urgent_error: TextbankError | None = None,
) -> HTMLResponse:
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    spend = await spend_of(work.session, work.organization_id, campaign_id)
    error = budget_error or urgent_error
    return page(
        request,
        "admin/campaign_limits.html",
        status_code=error.status if error else 200,
        campaign=campaign,
        spend=spend,
        month=await money_of(work.session, work.organization_id),
        budget=written_as(spend.budget) if budget is None else budget,
        because=because,
        budget_error=told(request, budget_error) if budget_error else "",
        urgent_error=told(request, urgent_error) if urgent_error else "",
    )
