"""What texts cost by the kind of number, and what all of them may cost in a month."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.prices import PRICES, change_money, money_of
from textbank.errors import TextbankError
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, admin
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/settings/money")


@router.get("")
async def show(request: Request, work: Annotated[Work, admin]) -> HTMLResponse:
    """The prices, the month's budget, and what is spent."""
    return await _money(request, work)


@router.post("")
async def keep(
    request: Request,
    work: Annotated[Work, admin],
    segment_price: Annotated[str, Form()] = "",
    toll_free_price: Annotated[str, Form()] = "",
    short_code_price: Annotated[str, Form()] = "",
    mms_price: Annotated[str, Form()] = "",
    month_budget: Annotated[str, Form()] = "",
) -> Response:
    """Change all of it."""
    prices = dict(zip(PRICES, (segment_price, toll_free_price, short_code_price, mms_price), strict=True))
    try:
        async with work.attempt():
            await change_money(
                work.session,
                work.organization_id,
                prices=prices,
                month_budget=month_budget,
                actor=work.visitor.actor,
            )
    except TextbankError as error:
        return await _money(request, work, prices | {"month_budget": month_budget}, error)
    return redirect(request, "/settings/money", gettext_of(request)("Saved."))


async def _money(
    request: Request, work: Work, typed: dict[str, str] | None = None, error: TextbankError | None = None
) -> HTMLResponse:
    money = await money_of(work.session, work.organization_id)
    kept = {name: f"{getattr(money, name).normalize():f}" for name in PRICES}
    kept["month_budget"] = "" if money.budget is None else f"{money.budget:.2f}"
    return page(
        request,
        "admin/money.html",
        status_code=error.status if error else 200,
        money=money,
        typed=typed or kept,
        error=told(request, error) if error else "",
    )
