"""The pages that registration with the carriers demands, made of what the organization really does."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from textbank.keywords.read_programmes import read_programmes
from textbank.web.language import language_of
from textbank.web.parts import parts_of
from textbank.web.templating import page

router = APIRouter(prefix="/about/{organization_id}")

OrganizationId = Annotated[int, Path(ge=0, le=2**62)]


@router.get("/{what}")
async def show(
    request: Request, organization_id: OrganizationId, what: Literal["program", "privacy", "terms"]
) -> HTMLResponse:
    """The program, the privacy policy or the terms."""
    async with parts_of(request).transaction(organization_id) as session:
        said = await read_programmes(session, organization_id, language_of(request))
    return page(
        request, f"public/about_{what}.html", said=said, organization_name=said.organization, what=what
    )
