"""A draft's words: what is wrong with them, and what some people would read."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.accounts.members import get_member
from textbank.campaigns import words as wording
from textbank.campaigns.change_canned_responses import canned_responses_of
from textbank.campaigns.change_questions import questions_of
from textbank.campaigns.cheaper_words import hint, straighten
from textbank.campaigns.draft import change_words, draft_of
from textbank.campaigns.fields import fields_of_audience
from textbank.campaigns.people import disclaimers_of, organization_name, person_of
from textbank.campaigns.preview import some_people
from textbank.campaigns.queries import get_campaign
from textbank.sms.phone_number import national
from textbank.web.admin.campaigns import STEPS
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/campaigns/{campaign_id}")

LOOKED_THROUGH = 100
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the people whose text is shown."""

    name: str
    text: wording.Composed


@router.get("/words")
async def show_words(request: Request, work: Annotated[Work, organizer], campaign_id: int) -> HTMLResponse:
    """The second step."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    await draft_of(work.session, work.organization_id, campaign_id)
    return await words_page(request, work, campaign, campaign.body)


@router.post("/words")
async def save_words(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    body: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "review",
) -> Response:
    """Keep the words as they are; go on only if nothing is wrong with them."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    body = straighten(body) if then == "straighten" else body
    await change_words(work.session, work.organization_id, campaign_id, body)
    fields = await fields_of_audience(work.session, work.organization_id, campaign_id)
    wrong = wording.problems(body, kind=campaign.kind, fields=fields)
    if wrong and then == "review":
        return await words_page(request, work, campaign, body, complain=True)
    if then != "review":
        return redirect(request, f"/campaigns/{campaign_id}/words", gettext_of(request)("Saved."))
    return redirect(request, f"/campaigns/{campaign_id}/review")


@router.post("/words/preview")
async def preview_words(
    request: Request,
    work: Annotated[Work, organizer],
    campaign_id: int,
    body: Annotated[str, Form()] = "",
    complained_of: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """What some people would read if these words were kept. Keeps nothing."""
    campaign = await get_campaign(work.session, work.organization_id, campaign_id)
    seen = await what_is_seen(request, work, campaign, body)
    # The box says what is wrong with words that were refused, until they are changed.
    said_already = bool(body.strip()) and body.split() == complained_of.split()
    return page(request, "admin/_campaign_bubbles.html", complain=said_already, **seen)


async def words_page(
    request: Request,
    work: Work,
    campaign: Any,
    body: str,
    *,
    complain: bool = False,
    **more: Any,
) -> HTMLResponse:
    """The second step, with what was typed. `more` is what the replies' and questions' forms bring back."""
    seen = await what_is_seen(request, work, campaign, body)
    _ = gettext_of(request)
    standing = {"reply": {}, "question": {}, "reply_error": "", "question_error": ""}
    return page(
        request,
        "admin/campaign_words.html",
        status_code=more.pop("status", 422 if complain else 200),
        complain=complain,
        steps=[_(step) for step in STEPS],
        responses=await canned_responses_of(work.session, work.organization_id, campaign.id),
        questions=await questions_of(work.session, work.organization_id, campaign.id),
        body=body,
        **seen,
        **{**standing, **more},
    )


async def what_is_seen(request: Request, work: Work, campaign: Any, body: str) -> dict[str, Any]:
    """Some people's texts with these words, what is wrong with them, and what would make them cheaper."""
    fields = await fields_of_audience(work.session, work.organization_id, campaign.id)
    member = await get_member(work.session, work.organization_id, work.visitor.member_id)
    wrong = wording.problems(body, kind=campaign.kind, fields=fields)
    name = await organization_name(work.session, work.organization_id)
    disclaimers = await disclaimers_of(work.session, work.organization_id)
    texter = member.signs_as if campaign.kind == "p2p" else ""
    texts = []
    for row in await some_people(work.session, work.organization_id, campaign.id, LOOKED_THROUGH):
        person = person_of(row)
        text = wording.compose(body, person, organization=name, disclaimers=disclaimers, texter=texter)
        texts.append(Shown(f"{person.first_name} {person.last_name}".strip() or national(person.e164), text))
    _ = gettext_of(request)
    return {
        "campaign": campaign,
        "fields": [*wording.FIELDS[:3], "organization", *(("texter",) if texter else ()), *fields],
        "problems": [(problem, _(problem.template).format(**problem.values)) for problem in wrong],
        "texts": _telling(texts) if body.strip() else [],
        "hint": hint(body),
    }


def _telling(texts: list[Shown]) -> list[Shown]:
    """The first few, and among them the longest text: that one decides what is surprising."""
    if len(texts) <= SHOWN:
        return texts
    longest = max(texts, key=lambda shown: len(shown.text.body))
    few = texts[: SHOWN - 1]
    return [*few, longest] if longest not in few else texts[:SHOWN]
