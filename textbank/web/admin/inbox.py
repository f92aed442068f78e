"""The inbox: every conversation, filtered and searched, for captains and everybody above."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from textbank import clock
from textbank.conversations.inbox import (
    FILTERS,
    Asked,
    Cursor,
    Filter,
    Page,
    Row,
    find_conversations,
    list_conversations,
    without,
)
from textbank.conversations.mark import tags
from textbank.web.admin.keyset import After
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page

router = APIRouter(prefix="/inbox")

_LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the inbox somebody looks at, as it stands in the address."""

    by: Filter = "needs_reply"
    tag: int = 0
    campaign: int = 0
    q: str = ""
    after: str = ""
    until: str = ""

    @property
    def kind(self) -> str:
        return "tag" if self.tag else "campaign" if self.campaign else self.by

    def query(self, **changed: object) -> str:
        """The address's last part, with some of it changed."""
        names = ("by", "tag", "campaign", "q", "after", "until")
        values = {**{name: getattr(self, name) for name in names}, **changed}
        if values["by"] == "needs_reply":
            values.pop("by")
        return urlencode({name: value for name, value in values.items() if value})


def view_of(
    by: str = "needs_reply",
    tag: After = 0,
    campaign: After = 0,
    q: str = "",
    after: str = "",
    until: str = "",
) -> View:
    """The view that an address asks for; what cannot be is left out."""
    known: Filter = next((each for each in FILTERS if each == by), "needs_reply")
    words = q.replace("\0", "").strip()[:_LONGEST_SEARCH]
    return View(known, tag, campaign, words, after, until)


Looking = Annotated[View, Depends(view_of)]


@router.get("")
async def show(request: Request, work: Annotated[Work, captain], view: Looking) -> HTMLResponse:
    """The list, and on a wide screen room for a conversation beside it."""
    return page(request, "admin/inbox.html", **await inbox_list(work, view))


@router.get("/rows")
async def rows(request: Request, work: Annotated[Work, captain], view: Looking) -> HTMLResponse:
    """The list alone, to keep the page fresh."""
    return page(request, "admin/_inbox_rows.html", **await inbox_list(work, view))


async def inbox_list(work: Work, view: View) -> dict[str, Any]:
    """What the list shows."""
    urgent: list[Row] = []
    if view.q:
        found = Page(await find_conversations(work.session, work.organization_id, view.q), None)
        until = ""
    else:
        moment = _time(view.until) or clock.now()
        until = moment.isoformat()
        asked = Asked(
            view.kind,
            member_id=work.visitor.member_id,
            campaign_id=view.campaign,
            tag_id=view.tag,
            after=_cursor(view.after),
            until=moment,
        )
        found = await list_conversations(work.session, work.organization_id, asked)
        if view.kind == "needs_reply" and asked.after is None:
            urgent = (await list_conversations(work.session, work.organization_id, Asked("alerts"))).rows
            found = Page(without(found.rows, urgent), found.following, found.newer)
    return {
        "urgent": urgent,
        "view": view,
        "list": found,
        "until": until,
        "following": _written(found.following),
        "tags": await tags(work.session, work.organization_id),
        "current": 0,
    }


def _written(cursor: Cursor | None) -> str:
    if cursor is None:
        return ""
    at = cursor[0]
    return f"{at.isoformat() if isinstance(at, datetime) else at}~{cursor[1]}"


def _cursor(written: str) -> Cursor | None:
    """A place in the list as an address holds it; one that somebody has broken is the beginning."""
    at, tilde, id_ = written.partition("~")
    if not tilde or not (id_.isascii() and id_.isdigit()) or len(id_) > 18:
        return None
    if at.isascii() and at.isdigit() and len(at) <= 18:
        return int(at), int(id_)
    moment = _time(at)
    return (moment, int(id_)) if moment else None


def _time(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
