"""Files of numbers that must not be texted: taken in, and given out."""

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from textbank import clock
from textbank.consent.export_suppressions import HEADER, export_suppressions
from textbank.consent.read_stop_file import KINDS, Kind, NotRead
from textbank.consent.take_stop_file import Taken, take_stop_file
from textbank.contacts.spreadsheet_cells import guarded
from textbank.database import Database
from textbank.errors import TextbankError
from textbank.language import N_
from textbank.web.admin.import_upload import MOST_SENT, Arrived, pieces, uploaded
from textbank.web.admin.people import who
from textbank.web.errors import told
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, admin, organizer, visiting
from textbank.web.templating import page

router = APIRouter(prefix="/suppressions")

MOST_LINES: Final = 50_000
"""In one press; a longer file is the command line's, which takes it at its own pace."""
_SHOWN: Final = 200

_KINDS: Final[dict[Kind, tuple[str, str]]] = {
    "opt_outs": (
        N_("Opt-outs from another system"),
        N_(
            "Nothing more is sent to these numbers, known here or not, unless a person came back by a text "
            "of their own after the date in the file."
        ),
    ),
    "deactivated": (
        N_("Deactivated numbers, from the carriers"),
        N_(
            "These numbers are switched off and go to somebody else later, who agreed to nothing: their "
            "lists end."
        ),
    ),
    "reassigned": (
        N_("Answers of the Reassigned Numbers Database"),
        N_(
            "Yes stops the number as a wrong one, unless somebody agreed after that date. No and no data are "
            "kept on record: the law protects who relied on them."
        ),
    ),
}


@router.get("/file")
async def choose(request: Request, work: Annotated[Work, organizer]) -> HTMLResponse:
    """Choose a file and what it is."""
    return _page(request)


@router.post("/file", max_body_size=MOST_SENT)
async def take(request: Request, arrived: Arrived) -> Response:
    """Take it. Each thousand lines are a transaction, so this one holds none meanwhile."""
    async with visiting(request) as work:
        organization_id, by = work.organization_id, who(work)
    said = (await request.form()).get("kind")
    kind = next((one for one in KINDS if one == said), None)
    if kind is None:
        return _page(request, kind_fault=gettext_of(request)(N_("Say what this file is.")), status=422)
    left: list[NotRead] = []

    def keep(one: NotRead) -> None:
        if len(left) < _SHOWN:
            left.append(one)

    try:
        file = await uploaded(request)
        with tempfile.TemporaryDirectory(prefix="textbank-") as directory:
            path = Path(directory) / "file"
            with path.open("wb") as written:
                async for piece in pieces(file):
                    written.write(piece)
            taken = await take_stop_file(
                parts_of(request).database,
                organization_id,
                path,
                kind,
                by=by,
                called=file.filename or "",
                report=keep,
                most=MOST_LINES,
            )
    except TextbankError as error:
        return _page(request, kind=kind, fault=told(request, error), status=error.status)
    return _page(request, kind=kind, taken=taken, left=left)


@router.get("/export.csv")
async def export(request: Request, work: Annotated[Work, admin]) -> Response:
    """All of them, as a file that another system, or this page, can read."""
    return StreamingResponse(
        _lines(parts_of(request).database, work.organization_id),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="do-not-text-{clock.now():%Y-%m-%d}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


async def _lines(database: Database, organization_id: int) -> AsyncIterator[str]:
    # With its mark: without it, Excel reads UTF-8 as Windows-1252.
    yield "\ufeff" + _line(HEADER)
    async for cells in export_suppressions(database, organization_id):
        yield _line(cells)


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(map(guarded, cells))
    return written.getvalue()


def _page(
    request: Request,
    *,
    kind: str = "",
    kind_fault: str = "",
    fault: str = "",
    taken: Taken | None = None,
    left: Sequence[NotRead] = (),
    status: int = 200,
) -> HTMLResponse:
    _ = gettext_of(request)
    return page(
        request,
        "admin/suppression_file.html",
        status_code=status,
        kinds=[(one, _(words), _(explained)) for one, (words, explained) in _KINDS.items()],
        kind=kind,
        kind_fault=kind_fault,
        fault=fault,
        taken=taken,
        left=left,
        cut=taken is not None and taken.lines >= MOST_LINES,
    )
