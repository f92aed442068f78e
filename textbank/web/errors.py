"""Errors as answers: what we raise on purpose carries its status; a database that is away is a 503.

People get a page in their language, programs JSON. Whoever is signed out is led to the sign-in page and back.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from textbank.database import connection_broke
from textbank.errors import MustWait, SignInNeeded, TextbankError
from textbank.language import N_
from textbank.web.language import gettext_of
from textbank.web.templating import page

log = logging.getLogger(__name__)

_NOT_FOUND = N_("There is no such page. It may have been removed, or the address has a typo.")
_NOT_UNDERSTOOD = N_(
    "Textbank could not understand what was sent. Nothing was changed. Go back and try again."
)


def told(request: Request, error: TextbankError) -> str:
    """An error's words in the language of who asked."""
    words = gettext_of(request)(error.template)
    return words.format(**error.values) if error.values else words


async def _on_purpose(request: Request, error: TextbankError) -> Response:
    if isinstance(error, SignInNeeded) and _wants_page(request):
        return _to_sign_in(request)
    if isinstance(error, MustWait) and _wants_page(request) and "hx-request" not in request.headers:
        return RedirectResponse(error.where, status_code=303)
    return _answer(request, error.status, told(request, error) if _wants_page(request) else error.message)


async def _of_the_framework(request: Request, error: HTTPException) -> Response:
    known = error.status_code in (404, 405)
    words = _NOT_FOUND if known else str(error.detail)
    return _answer(request, error.status_code, gettext_of(request)(words) if known else words)


async def _not_understood(request: Request, error: RequestValidationError) -> Response:
    # What stands in a path and cannot be right (an id that is no number) is a page that does not exist.
    in_path = any(each["loc"][0] == "path" for each in error.errors())
    words = _NOT_FOUND if in_path else _NOT_UNDERSTOOD
    return _answer(request, 404 if in_path else 422, gettext_of(request)(words))


async def _away(request: Request, error: Exception) -> Response:
    if _cannot_be(error):
        return _answer(request, 422, gettext_of(request)(_NOT_UNDERSTOOD))
    broke = not isinstance(error, DBAPIError) or connection_broke(error)
    log.warning("the database did not take a request: %s", type(error).__name__)
    words = (
        N_("The database did not answer. Nothing was kept; please try again.")
        if broke
        else N_("The database refused this. Nothing was kept; please try again.")
    )
    return _answer(request, 503 if broke else 500, gettext_of(request)(words))


_HANDLERS: Final[dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]]] = {
    TextbankError: _on_purpose,
    HTTPException: _of_the_framework,
    RequestValidationError: _not_understood,
    **dict.fromkeys((DBAPIError, PoolTimeout, OSError, TimeoutError), _away),
}


def register(app: Starlette) -> None:
    """Answer errors plainly. Whatever else goes wrong stays a 500, which a carrier retries as well."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def answer_to(request: Request, error: Exception) -> Response:
    """What an application with these handlers answers; raises the error where there is none for it."""
    for kind in type(error).__mro__:
        if kind in _HANDLERS:
            return await _HANDLERS[kind](request, error)
    raise error


def _cannot_be(error: BaseException) -> bool:
    """Whether a value was sent that no row can hold: a number past all ids, a NUL in a word."""
    cause: BaseException | None = error
    while cause is not None:
        state = str(getattr(cause, "sqlstate", None) or "")
        if state.startswith("22") or type(cause).__name__ == "DataError":
            return True
        cause = getattr(cause, "orig", None) or cause.__cause__
    return False


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def _answer(request: Request, status: int, words: str) -> Response:
    if not _wants_page(request):
        return JSONResponse({"error": words}, status_code=status)
    fragment = "hx-request" in request.headers
    return page(
        request, "_error.html" if fragment else "error.html", status_code=status, words=words, status=status
    )


def _to_sign_in(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = f"/sign-in?next={quote(back, safe='')}" if request.method == "GET" and back != "/" else "/sign-in"
    return RedirectResponse(where, status_code=303)
