"""An import under way: what checking showed, how far it has come, and what became of every row."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from textbank import clock
from textbank.consent.choose_import import read_import, read_not_taken, start, stop
from textbank.contacts.import_models import ContactImport
from textbank.contacts.lists import read_list
from textbank.contacts.map_columns import OURS
from textbank.contacts.spreadsheet_cells import guarded
from textbank.database import Database
from textbank.web.admin.keyset import RowId
from textbank.web.language import gettext_of
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, organizer
from textbank.web.templating import page, redirect

router = APIRouter(prefix="/people/import/{import_id}")


@router.get("")
async def show(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Where the import stands."""
    one = await read_import(work.session, work.organization_id, import_id)
    if one.state == "draft":
        step = "columns" if not one.basis else "list" if one.list_id is None else "basis"
        return redirect(request, f"/people/import/{import_id}/{step}")
    return page(request, "admin/import_run.html", **await _told(work, one))


@router.get("/progress")
async def progress(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """The part of the page that changes; once that is over, the way to the whole page."""
    one = await read_import(work.session, work.organization_id, import_id)
    if one.state not in ("checking", "importing"):
        return redirect(request, f"/people/import/{import_id}")
    return page(request, "admin/_import_progress.html", **await _told(work, one))


@router.post("/start")
async def begin(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Take the rows."""
    await start(work.session, await read_import(work.session, work.organization_id, import_id))
    return redirect(request, f"/people/import/{import_id}")


@router.post("/stop")
async def halt(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Take no more."""
    await stop(work.session, await read_import(work.session, work.organization_id, import_id))
    notice = gettext_of(request)("The import was stopped. The rows taken so far stay.")
    return redirect(request, f"/people/import/{import_id}", notice)


@router.get("/not-taken.csv")
async def not_taken(request: Request, work: Annotated[Work, organizer], import_id: RowId) -> Response:
    """Each row that was not taken, with its line and the reason; corrected, it can be imported as it is."""
    one = await read_import(work.session, work.organization_id, import_id)
    name = "".join(
        letter for letter in one.file_name if letter.isascii() and (letter.isalnum() or letter in "._-")
    )
    return StreamingResponse(
        _report(parts_of(request).database, one.organization_id, one.id, one.columns.get("header", [])),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name or "file"}.not-taken.csv"'},
    )


async def _report(
    database: Database, organization_id: int, import_id: int, header: list[str]
) -> AsyncIterator[str]:
    # With its mark: without it, Excel reads UTF-8 as Windows-1252.
    yield "\ufeff" + _line([*header, f"{OURS}line", f"{OURS}reason", f"{OURS}as written"])
    after = -1
    while True:
        async with database.transaction(organization_id) as session:
            rows = await read_not_taken(session, organization_id, import_id, after=after)
        if not rows:
            return
        width = len(header)
        for row in rows:
            fields = row.fields[:width] + [""] * (width - len(row.fields))
            yield _line([*fields, row.line, row.reason, row.raw])
        after = rows[-1].line


def _line(cells: list[Any]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(map(guarded, cells))
    return written.getvalue()


async def _told(work: Work, one: ContactImport) -> dict[str, Any]:
    counts = one.counts
    left = {
        cause.removeprefix("not: "): count for cause, count in counts.items() if cause.startswith("not: ")
    }
    seconds = None
    if one.started_at is not None and one.bytes_read > 0:
        spent = (clock.now() - one.started_at).total_seconds()
        seconds = spent * (one.size - one.bytes_read) / one.bytes_read
    return {
        "one": one,
        "list": await read_list(work.session, one.organization_id, one.list_id) if one.list_id else None,
        "taken": sum(counts.get(each, 0) for each in ("added", "updated", "unchanged")),
        "left": left,
        "minutes": None if seconds is None else max(1, round(seconds / 60)),
        "first_left": await read_not_taken(work.session, one.organization_id, one.id, limit=10),
        "reading": one.basis.get("kind", "none"),
    }
