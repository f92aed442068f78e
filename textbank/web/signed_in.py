"""What a page's route asks for: somebody signed in, in a role that suffices, and one transaction.

    async def show(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse: ...

The transaction is committed when the route's function returns and before anything is answered, so that a
failing commit is a 5xx. Whoever is signed out, or may not, never reaches the route's code.
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.roles import Role
from textbank.accounts.sign_in import Known, who_is
from textbank.conversations.count_for_menu import count_for_menu
from textbank.database import attempt
from textbank.errors import MustWait, NotAllowed, SignInNeeded
from textbank.language import N_
from textbank.web.parts import parts_of
from textbank.web.visitor import Visitor

COOKIE: Final = "textbank_session"
STAYS_SECONDS: Final = 30 * 24 * 3600
_SAFE = ("GET", "HEAD", "OPTIONS")
_SALT_BYTES = 8
_OF_SUPPORTERS: Final = "/texting/conversations"
"""Whose words and names are under this is for nobody to see whom no captain has let in."""


@dataclass(frozen=True, slots=True)
class Work:
    """A request's transaction, and who it is for."""

    session: AsyncSession
    visitor: Visitor

    @property
    def organization_id(self) -> int:
        return self.visitor.organization_id

    def attempt(self) -> AbstractAsyncContextManager[Any]:
        """A part that may be refused: what it wrote is undone, and the page can still be answered."""
        return attempt(self.session)


def work_of(needed: Role) -> Callable[[Request], AsyncIterator[Work]]:
    """The dependency for routes that need this role or more."""

    async def open_work(request: Request) -> AsyncIterator[Work]:
        organization_id, token = session_of(request)
        async with parts_of(request).transaction(organization_id) as session:
            known = await who_is(session, organization_id, token)
            visitor = welcome(request, organization_id, token, known)
            if visitor.suspended and not _open_to_suspended(request):
                raise MustWait(N_("A captain wants a word with you first. Nothing was sent."), "/texting")
            if visitor.waits and request.url.path.startswith(_OF_SUPPORTERS):
                raise MustWait(N_("A captain has to let you go on first. Nothing was sent."), "/texting")
            if not visitor.may(needed):
                raise NotAllowed(
                    N_("Your role does not include this page. Nothing was changed. Ask an admin.")
                )
            if request.method not in _SAFE:
                await check_csrf(request, token)
            elif visitor.may("captain") and "x-fragment" not in request.headers:
                # For the menu, which is on every page of staff.
                counted = await count_for_menu(session, organization_id)
                visitor = replace(visitor, **asdict(counted))
                request.state.visitor = visitor
            yield Work(session, visitor)

    return open_work


def _open_to_suspended(request: Request) -> bool:
    """Who may not text may still see why, look after their own account, and go."""
    path = request.url.path
    return path in ("/", "/texting", "/texting/standing", "/sign-out", "/me") or path.startswith("/me/")


visiting = asynccontextmanager(work_of("texter"))
"""The same for a route with something slow between two transactions: `async with visiting(request)`."""

texter: Any = Depends(work_of("texter"), scope="function")
captain: Any = Depends(work_of("captain"), scope="function")
organizer: Any = Depends(work_of("organizer"), scope="function")
admin: Any = Depends(work_of("admin"), scope="function")
owner: Any = Depends(work_of("owner"), scope="function")


def welcome(request: Request, organization_id: int, token: str, known: Known | None) -> Visitor:
    """The visitor whose request this is, from here on. Raises SignInNeeded for nobody."""
    if known is None:
        raise SignInNeeded(N_("Please sign in first."))
    visitor = Visitor(
        known.member_id,
        known.sign_in_id,
        known.name,
        known.role,
        organization_id,
        known.organization_name,
        known.language,
        known.time_zone,
        csrf_token_of(request, token),
        shared=known.shared,
        suspended=known.suspended,
        shortcuts=known.shortcuts,
        sound=known.sound,
        waits=known.waits,
    )
    request.state.visitor = visitor
    return visitor


async def _presented(request: Request) -> tuple[int, str]:
    organization_id, token = session_of(request)
    await check_csrf(request, token)
    return organization_id, token


presented: Any = Depends(_presented)
"""The organization and the session token that a form of ours came with, for a route that looks the session up
together with its work, and then lets the visitor in by `welcome`."""


async def still_signed_in(request: Request) -> bool:
    """Whether the session of a request that goes on for long still counts."""
    organization_id, token = session_of(request)
    async with parts_of(request).transaction(organization_id) as session:
        return await who_is(session, organization_id, token, notes=False) is not None


def csrf_token_of(request: Request, token: str, salt: str | None = None) -> str:
    """What a form of this browser's session must carry; tells nothing about the session's own token.

    Salted anew for each page, because pages are compressed: a value that never changes could be guessed from
    how well it compresses beside what an attacker makes us repeat (BREACH, CVE-2013-3587).
    """
    key = parts_of(request).settings.derived_secret("csrf")
    salt = secrets.token_hex(_SALT_BYTES) if salt is None else salt
    return salt + hmac.new(key.encode(), f"{salt} {token}".encode(), hashlib.sha256).hexdigest()[:32]


def same_site(request: Request) -> bool:
    """Whether a browser sent this from a page of ours, as far as it says."""
    fetched_from = request.headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.headers.get("host")


def is_signed_in(request: Request) -> bool:
    """Whether the browser brings a session at all; whether it counts is seen by `work_of`."""
    return COOKIE in request.cookies


def session_of(request: Request) -> tuple[int, str]:
    """The organization and the token that the browser's cookie names. Raises SignInNeeded without one."""
    organization, dot, token = request.cookies.get(COOKIE, "").partition(".")
    # PostgreSQL's bigint has at most 19 digits; a longer one is nobody's.
    if (
        not dot
        or not token
        or not organization.isascii()
        or not organization.isdigit()
        or len(organization) > 18
    ):
        raise SignInNeeded(N_("Please sign in first."))
    return int(organization), token


async def check_csrf(request: Request, token: str) -> None:
    """Refuse what was not sent by a page of this very session. Raises NotAllowed."""
    sent = request.headers.get("x-csrf-token")
    if sent is None:
        value = (await request.form()).get("csrf_token")
        sent = value if isinstance(value, str) else ""
    right = csrf_token_of(request, token, sent[: 2 * _SALT_BYTES])
    if not hmac.compare_digest(sent.encode(), right.encode()):
        raise NotAllowed(
            N_("This page was open for too long, or came from elsewhere. Nothing was changed. Reload it.")
        )
