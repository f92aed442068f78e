"""The ledger's seal in the settings: its head now, and those that were written down outside the database."""

import asyncio
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from textbank.backup.write_heads import LINES_SHOWN, heads_file, read_heads
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work, admin
from textbank.web.templating import page

router = APIRouter(prefix="/settings/ledger")

_NOW = sa.text(
    "select (select count(*) from (select from consent_unsealed where organization_id = :organization "
    "limit 10000) waiting) as unsealed, l.position, l.head, l.sealed_at from (select) one "
    "left join lateral (select position, head, sealed_at from consent_link "
    "where organization_id = :organization order by position desc limit 1) l on true"
)


@router.get("")
async def show(request: Request, work: Annotated[Work, admin]) -> HTMLResponse:
    """The newest heads."""
    now = (await work.session.execute(_NOW, {"organization": work.organization_id})).one()
    path = heads_file(parts_of(request).settings.data_directory, work.organization_id)
    heads = await asyncio.to_thread(read_heads, path, most=LINES_SHOWN)
    return page(request, "admin/ledger.html", now=now, heads=list(reversed(heads)))


@router.get("/heads.jsonl")
async def download(request: Request, work: Annotated[Work, admin]) -> Response:
    """All heads written down, to be kept somewhere else."""
    path = heads_file(parts_of(request).settings.data_directory, work.organization_id)
    headers = {"Cache-Control": "private, no-store"}
    name = "textbank-ledger-heads.jsonl"
    if not await asyncio.to_thread(path.exists):  # on the first day, or on another machine
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response("", media_type="application/jsonl", headers=headers)
    return FileResponse(path, media_type="application/jsonl", filename=name, headers=headers)
