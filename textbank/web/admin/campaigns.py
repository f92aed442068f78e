"""Campaigns: all of them, and the first step of a new one."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.campaigns.draft import Kind, change_audience, discard_draft, draft_of, make_draft
from textbank.campaigns.queries import (
    HEADS_COUNTED_TO,
    get_campaign,
    lists_of,
    lists_to_pick,
    page_of_campaigns,
)
from textbank.campaigns.set_hours import state_selling
from textbank.errors import TextbankError
from textbank.language import N_
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns")

STEPS = (N_("Who"), N_("Words"), N_("Review and launch"))
_SHOWN = {"draft": ("draft",), "going": ("scheduled", "running", "paused"), "over": ("stopped", "done")}


@router.get("")
async def show_all(
    request: Request, work: Annotated[Work, organizer], before: int = 0, state: str = ""
) -> HTMLResponse:
    """Campaigns, newest first."""
    shown = state if state in _SHOWN else ""
    rows, following = await page_of_campaigns(
        work.session, work.organization_id, before=max(0, before), states=_SHOWN.get(shown, ())
    )
    return page(
        request,
        "admin/campaigns.html",
        campaigns=rows,
        following=following,
        before=before,
        state=shown,
    )


@router.get("/new")
async def new(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """What kind, what name, for whom."""
    return await _audience(request, work, kind="blast", name="", picked=())


@router.post("")
async def make(
    request: Request,
    work: Annotated[Work, organizer],
    name: Annotated[str, Form()] = "",
    kind: Annotated[Kind, Form()] = "blast",
    lists: Annotated[list[int] | None, Form()] = None,
    sells: Annotated[str, Form()] = "no",
) -> Response:
    """Make the draft and go on to its words."""
    try:
        async with work.attempt():
            made = await make_draft(
                work.session,
                work.organization_id,
                kind=kind,
                name=name,
                lists=lists or (),
                by=work.visitor.member_id,
            )
            if sells == "yes":
                by = work.visitor.member_id
                await state_selling(work.session, work.organization_id, made, sells=True, by=by)
    except TextbankError as error:
        return await _audience(
            request, work, kind=kind, name=name, picked=lists or (), sells=sells, wrong=error
        )
    return redirect(request, f"/campaigns/{made}/words")


@router.get("/{campaign_id}/audience")
async def audience(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """The first step again."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    await draft_of(work.session, work.organization_id, campaign_id)
    picked = [each.id for each in await lists_of(work.session, work.organization_id, campaign_id)]
    return await _audience(
        request, work, kind=campaign.kind, name=campaign.name, picked=picked, campaign_id=campaign_id
    )


@router.post("/{campaign_id}/audience")
async def change(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    name: Annotated[str, Form()] = "",
    lists: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Keep other lists or another name, and go on to the words."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    try:
        async with work.attempt():
            taken_back = await change_audience(
                work.session,
                work.organization_id,
                campaign_id,
                name=name,
                lists=lists or (),
                by=work.visitor.member_id,
            )
    except TextbankError as error:
        return await _audience(
            request,
            work,
            kind=campaign.kind,
            name=name,
            picked=lists or (),
            campaign_id=campaign_id,
            wrong=error,
        )
    notice = gettext_of(request)(
        "The lists are other ones now, so the statement about people without a basis no longer counts. "
        "An admin can record it again for these lists."
    )
    return redirect(request, f"/campaigns/{campaign_id}/words", notice if taken_back else "")


@router.post("/{campaign_id}/discard")
async def discard(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> Response:
    """Throw a draft away."""
    by = work.visitor.member_id
    await discard_draft(work.session, work.organization_id, campaign_id, by=by)
    return redirect(request, "/campaigns", gettext_of(request)("The draft was thrown away."))


async def _audience(
    request: Request,
    work: Work,
    *,
    kind: str,
    name: str,
    picked: list[int] | tuple[int, ...],
    sells: str = "no",
    campaign_id: int = 0,
    wrong: TextbankError | None = None,
) -> HTMLResponse:
    """The first step, with what was typed; a wrong name and a wrong pick are told apart by what is there."""
    bad_name = wrong is not None and not 1 <= len(" ".join(name.split())) <= 80
    words = told(request, wrong) if wrong else ""
    _ = gettext_of(request)
    return page(
        request,
        "admin/campaign_audience.html",
        status_code=wrong.status if wrong else 200,
        campaign_id=campaign_id,
        kind=kind,
        name=name,
        sells=sells,
        picked=set(picked),
        lists=await lists_to_pick(work.session, work.organization_id),
        counted_to=HEADS_COUNTED_TO,
        name_error=words if bad_name else "",
        lists_error="" if bad_name else words,
        steps=[_(step) for step in STEPS],
    )
