"""Teams: who is on them, what they text on, and the link by which people come."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts import teams
from textbank.accounts.speaks import SPOKEN
from textbank.errors import TextbankError
from textbank.web.admin.keyset import FormId, RowId
from textbank.web.admin.links import shown_links
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, captain, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/teams")

_Words = Annotated[str, Form(max_length=200)]


@router.get("")
async def show(request: Request, work: Annotated[Work, captain], after: int = 0) -> HTMLResponse:
    """All teams."""
    return await _teams(request, work, after=after)


@router.post("")
async def make(
    request: Request, work: Annotated[Work, organizer], name: _Words = "", language: _Words = ""
) -> Response:
    """Make one."""
    try:
        async with work.attempt():
            team = await teams.save_team(
                work.session, work.organization_id, name=name, language=language, actor=work.visitor.actor
            )
    except TextbankError as error:
        typed = {"name": name, "language": language}
        return await _teams(request, work, typed=typed, error=told(request, error), status=error.status)
    return redirect(request, f"/teams/{team.id}")


@router.get("/{team_id}")
async def one(
    request: Request, work: Annotated[Work, captain], team_id: RowId, after: int = 0
) -> HTMLResponse:
    """One team."""
    return await _team(request, work, team_id, after=after)


@router.post("/{team_id}")
async def change(
    request: Request,
    work: Annotated[Work, organizer],
    team_id: RowId,
    name: _Words = "",
    language: _Words = "",
) -> Response:
    """Another name, or language."""
    team = await teams.get_team(work.session, work.organization_id, team_id)
    called = team.name
    try:
        async with work.attempt():
            await teams.save_team(
                work.session,
                work.organization_id,
                name=name,
                language=language,
                actor=work.visitor.actor,
                team=team,
            )
    except TextbankError as error:
        return await _team(
            request,
            work,
            team_id,
            status=error.status,
            called=called,
            typed={"name": name, "language": language},
            error=told(request, error),
        )
    return redirect(request, f"/teams/{team_id}", gettext_of(request)("Saved."))


@router.post("/{team_id}/members")
async def put_member(
    request: Request, work: Annotated[Work, captain], team_id: RowId, member_id: FormId
) -> Response:
    """Put somebody on it."""
    await teams.get_team(work.session, work.organization_id, team_id)
    await teams.put_member(work.session, work.organization_id, team_id, member_id)
    return redirect(request, f"/teams/{team_id}")


@router.post("/{team_id}/members/{member_id}/remove")
async def take_member(
    request: Request, work: Annotated[Work, captain], team_id: RowId, member_id: RowId
) -> Response:
    """Take somebody off it."""
    await teams.get_team(work.session, work.organization_id, team_id)
    await teams.take_member(work.session, work.organization_id, team_id, member_id)
    return redirect(request, f"/teams/{team_id}")


@router.post("/{team_id}/campaigns/{campaign_id}")
async def campaign(
    request: Request,
    work: Annotated[Work, captain],
    team_id: RowId,
    campaign_id: RowId,
    off: Annotated[bool, Form()] = False,
) -> Response:
    """Let the team text on a campaign, or bring nobody more to it."""
    await teams.get_team(work.session, work.organization_id, team_id)
    act = teams.take_campaign if off else teams.put_campaign
    await act(work.session, work.organization_id, team_id, campaign_id)
    return redirect(request, f"/teams/{team_id}")


async def _teams(
    request: Request,
    work: Work,
    *,
    after: int = 0,
    typed: dict[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    rows, following = await teams.list_teams(work.session, work.organization_id, after=after)
    return page(
        request,
        "admin/teams.html",
        status_code=status,
        teams=rows,
        following=following,
        after=after,
        spoken=SPOKEN,
        typed=typed or {"name": "", "language": ""},
        error=error,
    )


async def _team(
    request: Request,
    work: Work,
    team_id: int,
    *,
    after: int = 0,
    status: int = 200,
    called: str = "",
    typed: dict[str, Any] | None = None,
    error: str = "",
) -> HTMLResponse:
    session, o = work.session, work.organization_id
    team = await teams.get_team(session, o, team_id)
    members, following = await teams.members_of(session, o, team_id, after=after)
    return page(
        request,
        "admin/one_team.html",
        status_code=status,
        team_id=team_id,
        called=called or team.name,
        typed=typed or {"name": team.name, "language": team.language},
        error=error,
        members=members,
        following=following,
        after=after,
        others=await teams.who_could_join(session, o, team_id),
        campaigns=await teams.campaigns_of(session, o, team_id),
        links=await shown_links(request, work, team_id=team_id),
        spoken=SPOKEN,
    )
