"""Setting up, as a checklist: the steps of `textbank setup`, each to be checked again with a press.

A check asks the carrier and our own address, so it runs after the answer, with no transaction open; the page
shows "checking" and looks again every two seconds until it has ended.
"""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.setup_state import CHECKED, StepName, keep, steps_of
from textbank.errors import NotFound
from textbank.language import N_
from textbank.setup.check import check, mend_webhooks
from textbank.twilio.configure_webhooks import inbound_url
from textbank.web.parts import Parts, parts_of
from textbank.web.signed_in import Work, admin
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/setup")

_ENDED = 286
"""Tells a live part that there is nothing more to look for."""


@router.get("")
async def show(request: Request, work: Annotated[Work, admin]) -> HTMLResponse:
    """All steps, and the addresses that the carrier brings texts to."""
    steps = await steps_of(work.session, work.organization_id)
    public_url = parts_of(request).settings.textbank_public_url
    return page(request, "admin/setup.html", steps=steps, inbound_url=inbound_url(public_url))


@router.get("/steps")
async def steps(request: Request, work: Annotated[Work, admin]) -> HTMLResponse:
    """The steps alone, while a check is under way."""
    found = await steps_of(work.session, work.organization_id)
    under_way = any(step.state == "checking" for step in found)
    return page(request, "admin/_setup_steps.html", steps=found, status_code=200 if under_way else _ENDED)


@router.post("/{step}/check")
async def check_again(
    request: Request, step: str, work: Annotated[Work, admin], later: BackgroundTasks
) -> Response:
    """Check one step, or with `all` every one that can be."""
    names = CHECKED if step == "all" else tuple(name for name in CHECKED if name == step)
    if not names:
        raise NotFound(N_("There is no such check. Nothing was changed."))
    for name in names:
        await keep(work.session, work.organization_id, name, None)
    later.add_task(_check, parts_of(request), work.organization_id, names)
    return redirect(request, "/setup")


@router.post("/webhooks/mend")
async def mend(
    request: Request,
    work: Annotated[Work, admin],
    later: BackgroundTasks,
    service_too: Annotated[str, Form()] = "",
) -> Response:
    """Set the addresses at the carrier, then read them back."""
    await keep(work.session, work.organization_id, "webhooks", None)
    later.add_task(_mend, parts_of(request), work.organization_id, service_too=bool(service_too))
    return redirect(request, "/setup")


async def _check(parts: Parts, organization_id: int, names: tuple[StepName, ...]) -> None:
    for name in names:
        await check(parts.database, parts.settings, organization_id, name)


async def _mend(parts: Parts, organization_id: int, *, service_too: bool) -> None:
    await mend_webhooks(parts.database, parts.settings, organization_id, service_too=service_too)
