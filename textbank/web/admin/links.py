"""Links for texters, as captains show them around: large, with a code, and taken back in one step."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.invites import make_invite
from textbank.accounts.members import get_member
from textbank.accounts.show_links import LinkShown, get_link, id_of_link, links_of
from textbank.accounts.teams import get_team
from textbank.assignments.take_link_back import take_link_back
from textbank.campaigns.queries import get_campaign
from textbank.errors import Conflict
from textbank.language import N_
from textbank.web.admin.keyset import RowId
from textbank.web.language import gettext_of, ngettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, captain
from textbank.web.templating import page, redirect

router = APIRouter()

_HeadCount = Annotated[int, Form()]
_Days = Annotated[int, Form()]


@router.get("/links/{invite_id}")
async def show(request: Request, work: Annotated[Work, captain], invite_id: RowId) -> HTMLResponse:
    """To point a camera at, to copy, to print."""
    link = await get_link(work.session, work.organization_id, invite_id, secret_of(request))
    base = parts_of(request).settings.textbank_public_url.rstrip("/")
    return page(request, "admin/link.html", link=link, address=base + link.path if link.path else "")


@router.post("/links/{invite_id}/revoke")
async def take_back(
    request: Request,
    work: Annotated[Work, captain],
    invite_id: RowId,
    and_people: Annotated[bool, Form()] = False,
) -> Response:
    """End it; with `and_people`, everybody who came by it goes, too."""
    link = await get_link(work.session, work.organization_id, invite_id, secret_of(request))
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    gone = await take_link_back(work.session, work.organization_id, invite_id, by=by, and_people=and_people)
    notice = gettext_of(request)("The link was taken back.")
    if and_people:
        notice = ngettext_of(request)(
            "The link was taken back, and %(num)s person who came by it.",
            "The link was taken back, and %(num)s people who came by it.",
            gone,
        )
    return redirect(request, _back(link), notice)


@router.post("/campaigns/{campaign_id}/texters/links")
async def for_campaign(
    request: Request,
    work: Annotated[Work, captain],
    campaign_id: RowId,
    head_count: _HeadCount = 20,
    days: _Days = 3,
) -> Response:
    """A link by which texters come to a campaign."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    if campaign.kind != "p2p" or campaign.state not in ("running", "paused"):
        raise Conflict(
            N_("Nobody can text on this campaign, so there is nobody to invite. No link was made.")
        )
    return await _make(request, work, head_count=head_count, days=days, campaign_id=campaign_id)


@router.post("/teams/{team_id}/links")
async def for_team(
    request: Request,
    work: Annotated[Work, captain],
    team_id: RowId,
    head_count: _HeadCount = 20,
    days: _Days = 3,
) -> Response:
    """A link by which texters come to a team."""
    await get_team(work.session, work.organization_id, team_id)
    return await _make(request, work, head_count=head_count, days=days, team_id=team_id)


async def shown_links(
    request: Request, work: Work, *, campaign_id: int | None = None, team_id: int | None = None
) -> list[LinkShown]:
    """For the page of a campaign's texters, or of a team."""
    return await links_of(
        work.session, work.organization_id, secret_of(request), campaign_id=campaign_id, team_id=team_id
    )


def secret_of(request: Request) -> str:
    """What links that can be shown again are made from."""
    return parts_of(request).settings.derived_secret("invites")


async def _make(
    request: Request,
    work: Work,
    *,
    head_count: int,
    days: int,
    campaign_id: int | None = None,
    team_id: int | None = None,
) -> Response:
    by = await get_member(work.session, work.organization_id, work.visitor.member_id)
    link = await make_invite(
        work.session,
        work.organization_id,
        by=by,
        role="texter",
        head_count=head_count,
        days=days,
        campaign_id=campaign_id,
        team_id=team_id,
        secret=secret_of(request),
    )
    made = await id_of_link(work.session, work.organization_id, link)
    return redirect(request, f"/links/{made}")


def _back(link: LinkShown) -> str:
    if link.campaign_id is not None:
        return f"/campaigns/{link.campaign_id}/texters"
    return f"/teams/{link.team_id}" if link.team_id is not None else "/texters"
