"""Practice: six scripted supporters on screens like the real ones. Nothing here touches anybody real."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from textbank.assignments.keep_practice import Standing, keep_practice, standing_of
from textbank.assignments.may_text import my_campaigns
from textbank.assignments.practice import ANSWERS, OPT_OUTS, SKIPPED, moved, name_of, step_of
from textbank.errors import NotAllowed
from textbank.language import N_
from textbank.web.language import gettext_of
from textbank.web.signed_in import Work, texter
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/texting/practice")

FIRST_TEXT = N_(
    "Hi %(name)s, it is %(alias)s from %(organization)s. We meet on Saturday about the rent. Can you come?"
)


@router.get("")
async def show(request: Request, work: Annotated[Work, texter]) -> HTMLResponse:
    """The step that they are at, on whichever device."""
    return _step(request, work, await _standing(work))


@router.post("")
async def move(
    request: Request,
    work: Annotated[Work, texter],
    at: Annotated[str, Form(max_length=4)] = "",
    what: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A move at a step. `at` is the step that was seen, so that a double tap is one move."""
    standing = await _standing(work)
    step = step_of(standing.practice)
    if step is None or at != name_of(step):
        return redirect(request, "/texting/practice")
    done = moved(step, what)
    if done.progress != standing.practice:
        await _keep(work, standing, done.progress)
    say = gettext_of(request)
    if not done.right:
        if step.quick:
            words = say(done.words) + " " + say("Let us go through all six.")
            return redirect(request, "/texting/practice", words)
        return _step(request, work, standing, wrong=done.words)
    if done.is_done:
        words = say("That was the practice. Thank you! From here on it is real.")
        return await _go_on(request, work, words)
    return redirect(request, "/texting/practice", say(done.words) if done.words else None)


@router.post("/quick")
async def quick(request: Request, work: Annotated[Work, texter]) -> Response:
    """Show it on three answers."""
    standing = await _standing(work)
    await _keep(work, standing, "q0")
    return redirect(request, "/texting/practice")


@router.post("/again")
async def again(request: Request, work: Annotated[Work, texter]) -> Response:
    """From the beginning, as often as they like."""
    standing = await _standing(work)
    await _keep(work, standing, "0")
    return redirect(request, "/texting/practice")


@router.post("/skip")
async def skip(request: Request, work: Annotated[Work, texter]) -> Response:
    """Go on without, where staff leave it to them."""
    standing = await _standing(work)
    if standing.state == "practise":
        raise NotAllowed(
            N_("Everybody here practises once before the first text. It takes about 90 seconds.")
        )
    await _keep(work, standing, SKIPPED)
    return await _go_on(request, work, "")


async def _standing(work: Work) -> Standing:
    return await standing_of(work.session, work.organization_id, work.visitor.member_id)


async def _keep(work: Work, standing: Standing, now: str) -> None:
    me = work.visitor.member_id
    await keep_practice(work.session, work.organization_id, me, before=standing.practice, now=now)


async def _go_on(request: Request, work: Work, words: str) -> Response:
    """Straight to the campaign, where one is open to them."""
    standing = await _standing(work)
    campaigns = await my_campaigns(work.session, work.organization_id, work.visitor.member_id)
    running = [each for each in campaigns if each.state == "running"]
    where = f"/texting/{running[0].id}" if running and standing.may_text else "/texting"
    return redirect(request, where, words or None)


def _step(request: Request, work: Work, standing: Standing, *, wrong: str = "") -> HTMLResponse:
    step = step_of(standing.practice)
    shown: dict[str, Any] = {}
    if step is not None:
        say = gettext_of(request)
        shown = {
            "at": name_of(step),
            "first_text": say(
                FIRST_TEXT,
                name=step.exchange.name,
                alias=standing.alias,
                organization=work.visitor.organization_name,
            ),
            "writes": say(step.exchange.writes),
            "answers": [(key, say(words)) for key, words in ANSWERS.items()],
            "opt_outs": [(key, say(words)) for key, words in OPT_OUTS.items()],
            "wrong": say(wrong) if wrong else "",
        }
    return page(
        request,
        "texter/practice.html",
        step=step,
        standing=standing,
        may_skip=standing.state != "practise" and not standing.practised,
        begins=standing.practice in ("", "0"),
        **shown,
    )
