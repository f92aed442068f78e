"""The numbers that texts leave from: how fast, how much of today is used, which ones rest and why."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.change_pace import (
    Limits,
    change_limits,
    change_sender,
    let_try_again,
    limits_now,
    list_senders,
)
from textbank.accounts.settings_of import organization_of
from textbank.campaigns.look_up_carriers import LOOKED_UP, let_look_up
from textbank.campaigns.watch_numbers import shares_of_number
from textbank.errors import NotFound, TextbankError
from textbank.language import N_
from textbank.web.admin.campaign_reasons import rest_told
from textbank.web.admin.keyset import After, RowId
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings/senders")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], first: After = 0) -> HTMLResponse:
    """A page of numbers, and the limits of all."""
    return await _page(request, work, first=first)


@router.post("/limits")
async def limits(
    request: Request,
    work: Annotated[Work, admin],
    day_cap: Annotated[str, Form(max_length=20)] = "",
    day_share: Annotated[str, Form(max_length=20)] = "100",
    elsewhere: Annotated[str, Form(max_length=20)] = "0",
    per_minute: Annotated[str, Form(max_length=20)] = "",
    minute_share: Annotated[str, Form(max_length=20)] = "100",
) -> Response:
    """What all numbers together may send."""
    typed = Limits(day_cap, day_share, elsewhere, per_minute, minute_share)
    try:
        async with work.attempt():
            await change_limits(work.session, work.organization_id, typed, actor=work.visitor.actor)
    except TextbankError as error:
        return await _page(request, work, typed=typed, error=error)
    return redirect(request, "/settings/senders", gettext_of(request)("The limits are saved."))


@router.post("/lookups")
async def lookups(
    request: Request, work: Annotated[Work, admin], on: Annotated[bool, Form()] = False
) -> Response:
    """Whether the carrier is paid for saying which network a number is on."""
    await let_look_up(work.session, work.organization_id, on, actor=work.visitor.actor)
    _ = gettext_of(request)
    notice = _("Numbers are looked up from now on.") if on else _("No number is looked up any more.")
    return redirect(request, "/settings/senders", notice)


@router.get("/{sender_id}")
async def one(request: Request, work: Annotated[Work, organizer], sender_id: RowId) -> HTMLResponse:
    """One number."""
    return await _one(request, work, sender_id)


@router.post("/{sender_id}")
async def change(
    request: Request,
    work: Annotated[Work, admin],
    sender_id: RowId,
    pace: Annotated[str, Form(max_length=20)] = "",
    pooled: Annotated[bool, Form()] = False,
) -> Response:
    """Its pace, and whether campaigns may use it."""
    try:
        async with work.attempt():
            await change_sender(
                work.session,
                work.organization_id,
                sender_id,
                pace=pace,
                pooled=pooled,
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        return await _one(request, work, sender_id, pace=pace, pooled=pooled, error=error)
    return redirect(request, "/settings/senders", gettext_of(request)("The number is saved."))


@router.post("/{sender_id}/again")
async def again(request: Request, work: Annotated[Work, admin], sender_id: RowId) -> Response:
    """Let a number that rests try again."""
    await let_try_again(work.session, work.organization_id, sender_id, actor=work.visitor.actor)
    return redirect(request, "/settings/senders", gettext_of(request)("The number tries again."))


async def _page(
    request: Request,
    work: Work,
    *,
    first: int = 0,
    typed: Limits | None = None,
    error: TextbankError | None = None,
) -> HTMLResponse:
    senders, following = await list_senders(work.session, work.organization_id, first=first)
    now = await limits_now(work.session, work.organization_id)
    if typed is None and now is not None:
        typed = Limits(
            str(now.day_cap or ""),
            f"{now.day_share * 100:g}",
            str(now.elsewhere),
            str(now.segments_per_minute or ""),
            f"{(now.minute_share or 1) * 100:g}",
        )
    return page(
        request,
        "admin/senders.html",
        status_code=error.status if error else 200,
        senders=[(sender, rest_told(request, sender.halted_reason)) for sender in senders],
        following=following,
        first=first,
        limits=now,
        looks_up=(await organization_of(work.session, work.organization_id)).looks_up_carriers,
        looked_up=LOOKED_UP,
        typed=typed or Limits(),
        error=told(request, error) if error else "",
    )


async def _one(
    request: Request,
    work: Work,
    sender_id: int,
    *,
    pace: str | None = None,
    pooled: bool = False,
    error: TextbankError | None = None,
) -> HTMLResponse:
    [*found], _ = await list_senders(work.session, work.organization_id, first=sender_id)
    if not found or found[0].id != sender_id:
        raise NotFound(N_("There is no such number."))
    return page(
        request,
        "admin/sender.html",
        status_code=error.status if error else 200,
        sender=found[0],
        why=rest_told(request, found[0].halted_reason),
        pace=f"{found[0].segments_per_second:g}" if pace is None else pace,
        shares=await shares_of_number(work.session, work.organization_id, sender_id),
        pooled=found[0].pooled if pace is None else pooled,
        error=told(request, error) if error else "",
    )
