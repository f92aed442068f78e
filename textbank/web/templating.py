"""Pages: Jinja templates in the visitor's language, with the headers that every page carries."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from textbank.web.formats import FILTERS
from textbank.web.language import LANGUAGES, LOCALES, language_of, translations
from textbank.web.static_files import static

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
"""Beside the package, in the source tree as well as in an installed wheel."""

NOTICE_COOKIE = "notice"
_NOTICE_SECONDS = 120
_LONGEST_NOTICE = 600
_THEMES = ("light", "dark")

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # A page is asked for again each time, but "back" may show what was typed.
    "Cache-Control": "private, no-cache",
}


def page(request: Request, template: str, /, status_code: int = 200, **context: Any) -> HTMLResponse:
    """Render a template for who asks, with everything that layouts and components need."""
    language = language_of(request)
    # A fragment has no place for a notice, so that one stays for the next whole page.
    whole = "hx-request" not in request.headers and "x-fragment" not in request.headers
    notices = _notices(request) if whole else []
    html = (
        environment(language)
        .get_template(template)
        .render(_standing(request, language) | {"notices": notices} | context)
    )
    response = HTMLResponse(html, status_code=status_code, headers=PAGE_HEADERS)
    if _keeps_nothing(request):
        response.headers["Cache-Control"] = "private, no-store"
    if whole and NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE)
    return response


def redirect(request: Request, url: str, notice: str | None = None) -> RedirectResponse:
    """Go on to another page (303); `notice`, already translated, is shown there once."""
    response = RedirectResponse(url, status_code=303)
    if notice:
        leave_notice(request, response, notice)
    return response


def leave_notice(request: Request, response: Response, notice: str) -> None:
    """Keep a notice for the next page, behind those that nobody has seen yet."""
    waiting = [*_notices(request), notice[:_LONGEST_NOTICE]][-3:]
    response.set_cookie(
        NOTICE_COOKIE,
        urlsafe_b64encode(json.dumps(waiting).encode()).decode(),
        max_age=_NOTICE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=_over_https(request),
    )


@lru_cache
def environment(language: str) -> Environment:
    """The templates in one language."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    pages.policies["ext.i18n.trimmed"] = True
    words = translations(language)
    pages.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]

    def counted(singular: str, plural: str, num: float, **values: Any) -> Markup:
        """`ngettext` whose number is written as people here write it: 4,990."""
        values.setdefault("num", format_decimal(num, locale=LOCALES[language]))
        return Markup(words.ngettext(singular, plural, int(num))) % values  # noqa: S704 - values are escaped

    pages.globals["ngettext"] = counted
    pages.globals.update(static=static, languages=LANGUAGES)
    pages.filters.update(FILTERS)
    return pages


def _standing(request: Request, language: str) -> dict[str, Any]:
    theme = request.cookies.get("theme")
    return {
        "request": request,
        "visitor": getattr(request.state, "visitor", None),
        "language": language,
        "theme": theme if theme in _THEMES else "",
        "simulated": _settings_say(request, "textbank_mode") == "simulated",
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }


def _keeps_nothing(request: Request) -> bool:
    """Whether the browser must not keep the page even for "back": a volunteer's device shows names and words
    of supporters, and a computer that others use keeps nothing at all."""
    visitor = getattr(request.state, "visitor", None)
    return visitor is not None and (visitor.shared or request.url.path.startswith("/texting"))


def _settings_say(request: Request, name: str) -> Any:
    parts = getattr(request.app.state, "parts", None)
    return getattr(parts.settings, name) if parts is not None else None


def _over_https(request: Request) -> bool:
    return str(_settings_say(request, "textbank_public_url") or "").startswith("https:")


def _notices(request: Request) -> list[str]:
    """What the cookie holds. Whoever forges it shows words to himself, and they are escaped."""
    try:
        waiting = json.loads(urlsafe_b64decode(request.cookies.get(NOTICE_COOKIE, "").encode()))
    except ValueError:
        return []
    if not isinstance(waiting, list):
        return []
    return [each[:_LONGEST_NOTICE] for each in waiting[:3] if isinstance(each, str)]
