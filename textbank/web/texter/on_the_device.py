"""What lets first texts go on without a network: the batch as data, the empty page, and its service worker.

The worker keeps the empty page and files of this release, and nothing about anybody. Names and texts are
kept by the page's own script (`static/texting_kept.js`), which knows when to delete them
(docs/decisions/0027).
"""

import json
import re
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from textbank.assignments import may_text
from textbank.assignments.first_texts import FirstText, first_texts
from textbank.assignments.pace_to_replies import Room, room_of
from textbank.web.admin.keyset import RowId
from textbank.web.language import COOKIE, LANGUAGES, language_of, translations
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, texter
from textbank.web.static_files import static, static_files
from textbank.web.templating import page

router = APIRouter(prefix="/texting")

FILES: Final = ("textbank.css", "icons.svg", "mark.svg")
SCRIPTS: Final = ("textbank.js", "texting.js")
"""What the page without a network asks for; a script brings what it imports."""
_IMPORT: Final = re.compile(rb'(?m)^import [^;]*?"\./([\w/]+\.js)";')


@lru_cache(maxsize=1)
def needed() -> tuple[str, ...]:
    """The files of this release that the first-text page asks for, with all that its scripts import."""
    files = static_files().files
    found = [*FILES, *SCRIPTS]
    for name in found:  # grows while it is gone through
        if name.endswith(".js"):
            imported = (each.decode() for each in _IMPORT.findall(files[name].body))
            found += [each for each in imported if each not in found]
    return tuple(found)


async def _in_turn(request: Request) -> AsyncIterator[None]:
    async with parts_of(request).batch():
        yield


in_turn: Any = Depends(_in_turn, scope="function")
"""Stands before the work of a route that hands out people, so that three hundred who ask at the same moment
leave room for three hundred who press."""


@router.get("/worker.js")
async def worker(request: Request) -> Response:
    """The service worker of this release, for the language that its address names."""
    language = request.query_params.get("l", "")
    language = language if language in LANGUAGES else language_of(request)
    known = static_files()
    said = {
        "version": f"{known.version}-{language}",
        "files": [static(name) for name in needed()],
        "shell": f"/texting/shell?l={language}",
        "language": language,
        "icon": static("icon-192.png"),
        "one": _wait(language, 1) % {"num": 1},
        "many": _wait(language, 2) % {"num": "{count}"},
    }
    body = f"const KEPT = {json.dumps(said)};\n".encode() + known.files["texting_worker.js"].body
    headers = {"Service-Worker-Allowed": "/texting", "Cache-Control": "no-cache"}
    return Response(body, headers=headers, media_type="text/javascript")


def _wait(language: str, count: int) -> str:
    """What a digest says on this device."""
    said = translations(language).ngettext
    return said("%(num)s person waits for your answer", "%(num)s people wait for your answer", count)


@router.get("/shell")
async def shell(request: Request) -> HTMLResponse:
    """The first-text page without anybody on it; a script fills it from what the device keeps."""
    language = request.query_params.get("l", "")
    if language in LANGUAGES:
        request.cookies[COOKIE] = language  # a page for nobody speaks as the one that asked for it
    return page(request, "texter/shell.html", campaign=None, texts=[], room=None)


@router.get("/{campaign_id}/batch")
async def batch(
    request: Request, _turn: Annotated[None, in_turn], work: Annotated[Work, texter], campaign_id: RowId
) -> JSONResponse:
    """Whom the texter holds now, and a token for what a page without a network could not send."""
    visitor = work.visitor
    campaign = await may_text.enter(
        work.session, work.organization_id, campaign_id, member_id=visitor.member_id, role=visitor.role
    )
    room = await room_of(work.session, work.organization_id, campaign_id, visitor.member_id)
    return await batch_told(request, work, campaign, room)


async def batch_told(request: Request, work: Work, campaign: may_text.Entered, room: Room) -> JSONResponse:
    """The batch as the page's script reads it; no number and no last name is in it."""
    me = work.visitor.member_id
    texts = []
    if campaign.state == "running":
        texts = await first_texts(
            work.session, work.organization_id, campaign.id, me, secret=secret_of(request)
        )
    told = {
        "member": me,
        "token": work.visitor.csrf_token,
        "campaign": campaign.name,
        "state": campaign.state,
        "size": room.batch,
        "texts": [as_told(each) for each in texts],
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def secret_of(request: Request) -> str:
    """What seals the words that a texter is shown."""
    return parts_of(request).settings.derived_secret("first texts")


def as_told(text: FirstText) -> dict[str, Any]:
    """One person's text, as page and script read it."""
    return {
        "recipient_id": text.recipient_id,
        "name": text.name,
        "blocks": [{"kind": block.kind, "words": block.words} for block in text.composed.blocks],
        "body": text.composed.body,
        "script_id": text.script_id,
        "seal": text.seal,
        "undone": text.undone,
        "open_for": text.open_for,
    }
